import { status } from '@grpc/grpc-js';
import type { Clock } from '../runtime/clock';
import type { ServiceDefinition, WireStatus } from '../runtime/grpc/definition';
import { serveGrpc, type GrpcServer, type Service as WireService } from '../runtime/grpc/server';
import { newCall, type Call } from './call';
import { ControllerDefinition, IdentityDefinition, NodeDefinition } from './gen/csi';
import { instrumented, textOf, unexpected, type InstrumentDeps } from './instrument';
import type { Service } from './service';
import { CsiError } from './status';

export interface CsiServerOptions extends InstrumentDeps {
  /** `unix://` and an absolute path. */
  readonly endpoint: string;
  readonly identity: Service<typeof IdentityDefinition>;
  readonly controller?: Service<typeof ControllerDefinition>;
  readonly node?: Service<typeof NodeDefinition>;
}

/** Status messages travel in a header; gRPC implementations begin to refuse headers from 8 KiB on. */
const maxMessageLength = 2_000;

/** Serves the services given. Throws, for people, when the endpoint cannot be used. */
export async function serveCsi(options: CsiServerOptions): Promise<GrpcServer> {
  const { identity, controller, node, clock } = options;
  return serveGrpc({
    socketPath: socketPath(options.endpoint),
    services: [
      wired(IdentityDefinition, identity, options),
      ...(controller ? [wired(ControllerDefinition, controller, options)] : []),
      ...(node ? [wired(NodeDefinition, node, options)] : []),
    ],
    toStatus: (error) => statusOf(error, options),
    // The folder is the kubelet's, or the pod's; its group is who may call.
    directoryMode: 'leave',
    socketMode: 0o660,
    clock,
  });
}

export function socketPath(endpoint: string): string {
  const path = /^unix:(?:\/\/)?(\/[^/].*)$/.exec(endpoint)?.[1];
  if (!path) throw new Error(`CSI endpoint ${JSON.stringify(endpoint)}: must be unix:// and an absolute path`);
  return path;
}

type Handler = (request: never, call: Call) => Promise<unknown>;

function wired(definition: ServiceDefinition, service: object, options: CsiServerOptions): WireService {
  const handlers = Object.entries(instrumented(service as Record<string, Handler>, options));
  return {
    definition,
    handlers: Object.fromEntries(
      handlers.map(([method, handler]) => [
        method,
        (request: unknown, { signal, deadlineMs }: { signal: AbortSignal; deadlineMs: number }) =>
          handler(request as never, newCall(options.clock, signal, deadlineAt(options.clock, deadlineMs))),
      ]),
    ),
  };
}

const deadlineAt = (clock: Clock, deadlineMs: number): number => clock.now() + deadlineMs;

/** Handlers throw CsiErrors only; anything else is a message that could not be read or written. */
function statusOf(error: unknown, { log, random }: CsiServerOptions): WireStatus {
  if (error instanceof CsiError) return { code: status[error.code], message: shortened(error.message) };
  const { id, answer } = unexpected(error, random);
  log.error('CSI message could not be read or written', { id, error: textOf(error) });
  return { code: status.INTERNAL, message: answer.message };
}

const shortened = (message: string): string =>
  message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 3)}...`;
