import { createConnection, type Socket } from 'node:net';
import { FrameReader, frame, maxPayload } from './frames';

const agentPort = 7;
/** A node whose kernel runs answers a connection at once; one that does not in this time is down or paused. */
const connectTimeoutMs = 5_000;

export interface Command {
  argv: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
}

export interface CommandEvents {
  started(pid: number): void;
  output(stream: 'stdout' | 'stderr', data: Buffer): void;
  /** Once, at the end. An error means that the connection to the node was lost, not that the command failed. */
  ended(result: { code: number | null; signal: number | null; error?: Error }): void;
}

/** A command that runs on a node. Closing its connection kills its process group. */
export class RunningCommand {
  private readonly reader = new FrameReader();
  private over = false;

  constructor(
    private readonly socket: Socket,
    command: Command,
    private readonly events: CommandEvents,
  ) {
    socket.on('data', (data) => this.receive(data));
    socket.on('error', (error) => this.end({ code: null, signal: null, error }));
    socket.on('close', () => this.end({ code: null, signal: null, error: new Error('the node went away') }));
    if (command.cwd !== undefined) socket.write(frame('d', command.cwd));
    for (const [name, value] of Object.entries(command.env ?? {})) socket.write(frame('e', `${name}=${value}`));
    for (const argument of command.argv) socket.write(frame('a', argument));
    socket.write(frame('x'));
  }

  write(data: Buffer): void {
    for (let at = 0; at < data.length; at += maxPayload) {
      this.socket.write(frame('i', data.subarray(at, at + maxPayload)));
    }
  }

  endInput(): void {
    this.socket.write(frame('z'));
  }

  /** Signals the command's process group. */
  signal(number: number): void {
    this.socket.write(frame('k', Buffer.from([number])));
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(data: Buffer): void {
    for (const { type, payload } of this.reader.push(data)) {
      if (type === 'p') this.events.started(payload.readUInt32BE(0));
      else if (type === 'o') this.events.output('stdout', payload);
      else if (type === 'r') this.events.output('stderr', payload);
      else if (type === 'q') {
        const signalled = payload[0] === 's'.charCodeAt(0);
        this.end({ code: signalled ? null : payload[1]!, signal: signalled ? payload[1]! : null });
      }
    }
  }

  private end(result: { code: number | null; signal: number | null; error?: Error }): void {
    if (this.over) return;
    this.over = true;
    this.socket.destroy();
    this.events.ended(result);
  }
}

/** Connects to the agent of the node at `address`. */
export function connectAgent(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: address, port: agentPort, noDelay: true });
    const timer = setTimeout(() => fail(new Error(`no answer in ${connectTimeoutMs} ms`)), connectTimeoutMs);
    const fail = (cause: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`The lab node at ${address} does not take commands: ${cause.message}`, { cause }));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Turns a fresh connection to a node's agent into one to a Unix socket inside the node. */
export async function dialUnix(socket: Socket, path: string): Promise<Socket> {
  const reader = new FrameReader();
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${path} on a lab node: ${why}`));
    };
    const onError = (error: Error) => fail(error.message);
    const onData = (data: Buffer) => {
      const [answer] = reader.push(data);
      if (answer === undefined) return;
      if (answer.type !== 'c') return fail(answer.payload.toString());
      socket.off('error', onError).off('data', onData).pause();
      if (reader.remainder().length > 0) socket.unshift(reader.remainder());
      resolve(socket);
    };
    socket.once('error', onError).on('data', onData);
    socket.write(frame('u', path));
  });
}
