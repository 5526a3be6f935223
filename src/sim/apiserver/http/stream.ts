import type { ServerResponse } from 'node:http';
import { toStatus } from '../errors/status';
import { apiVersionOf } from '../registry/resource';
import type { StreamEvent, WatchStream } from '../request/request';
import { renderObject, type Rendering } from './render';

/** Writes a watch until it ends or the client goes. Resolves when it is over. */
export function writeStream(response: ServerResponse, stream: WatchStream, rendering: () => Rendering): Promise<void> {
  return new Promise((resolve) => {
    let headers = true;
    let blocked = false;
    const pump = (): void => {
      while (!blocked && !response.destroyed) {
        const event = nextOf(stream, response);
        if (!event) break;
        blocked = !response.write(line(rendering(), event, headers));
        headers = false;
      }
      if (stream.ended && !blocked) response.end();
    };
    response.on('drain', () => {
      blocked = false;
      pump();
    });
    response.on('close', () => {
      stream.close();
      resolve();
    });
    // One write per turn, however many changes there were in it.
    let scheduled = false;
    stream.onReady(() => {
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        pump();
      });
    });
    response.flushHeaders();
    pump();
  });
}

/** The next event; a broken connection is broken here too. */
function nextOf(stream: WatchStream, response: ServerResponse): StreamEvent | undefined {
  try {
    return stream.next();
  } catch {
    response.destroy();
    return undefined;
  }
}

function line(rendering: Rendering, event: StreamEvent, headers: boolean): string {
  if (event.type === 'ERROR') return `{"type":"ERROR","object":${JSON.stringify(toStatus(event.error))}}\n`;
  if (event.type === 'BOOKMARK') return `{"type":"BOOKMARK","object":${bookmark(rendering, event)}}\n`;
  return `{"type":"${event.type}","object":${renderObject(rendering, event.object, headers)}}\n`;
}

function bookmark({ request, format }: Rendering, event: Extract<StreamEvent, { type: 'BOOKMARK' }>): string {
  const { type, version } = request;
  const metadata = {
    resourceVersion: String(event.revision),
    creationTimestamp: null,
    ...(event.initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  if (format.as === 'table') {
    const apiVersion = `meta.k8s.io/${format.version}`;
    return JSON.stringify({ kind: 'Table', apiVersion, metadata, columnDefinitions: [], rows: [] });
  }
  return JSON.stringify({ kind: type.kind, apiVersion: apiVersionOf(type, version.name), metadata });
}
