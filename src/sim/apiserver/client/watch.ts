import type { KubeObject } from '../../../api/meta';
import type { WatchEvent } from '../../../runtime/kube/client';
import type { StreamEvent, WatchStream } from '../request/request';
import { handOutBare } from './handout';

/** A stream as an iteration. Closes it when the reader stops, whatever the reason. */
export async function* events<T extends KubeObject>(
  stream: WatchStream,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  let wake: () => void = () => undefined;
  stream.onReady(() => wake());
  const onAbort = () => {
    stream.close();
    wake();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      const event = stream.next();
      if (event) yield toEvent<T>(event);
      else if (stream.ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
}

function toEvent<T extends KubeObject>(event: StreamEvent): WatchEvent<T> {
  if (event.type === 'ERROR') throw event.error;
  if (event.type === 'BOOKMARK') return { type: 'BOOKMARK', resourceVersion: String(event.revision) };
  return { type: event.type, object: handOutBare<T>(event.object.object) };
}
