import { createWriteStream, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import type { Socket } from 'node:net';
import { RunningCommand, type Command } from './agent';

/** Opens a connection to the agent of a node. */
export type Connect = () => Promise<Socket>;

export interface ExecOptions {
  stdin?: string | Buffer;
  /** The command's process group is killed after this long, and the call fails. Default 60 s. */
  timeoutMs?: number;
  env?: Record<string, string>;
  cwd?: string;
}

export interface ExecResult {
  /** 128 + the signal's number for a command that a signal ended. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. A command that fails is a result, not an error. */
export async function exec(connect: Connect, argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
  const { code, stdout, stderr } = await execRaw(connect, argv, options);
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** As exec, for output that is not text. */
export async function execRaw(
  connect: Connect,
  argv: readonly string[],
  { stdin, timeoutMs = 60_000, env, cwd }: ExecOptions = {},
): Promise<{ code: number; stdout: Buffer; stderr: Buffer }> {
  const socket = await connect();
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const so = () => ({ stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) });
  const command: Command = { argv, ...(env && { env }), ...(cwd !== undefined && { cwd }) };
  return new Promise((resolve, reject) => {
    const running = new RunningCommand(socket, command, {
      started: () => undefined,
      output: (stream, data) => output[stream].push(data),
      ended: ({ code, signal, error }) => {
        clearTimeout(timer);
        if (error) reject(new Error(`${argv.join(' ')}: ${error.message}`, { cause: error }));
        else resolve({ code: code ?? 128 + signal!, ...so() });
      },
    });
    const timer = setTimeout(() => {
      const said = `${so().stderr.toString()}${so().stdout.toString()}`;
      reject(new Error(`${argv.join(' ')} did not end in ${timeoutMs} ms. It printed: ${said}`));
      running.close();
    }, timeoutMs);
    if (stdin !== undefined) running.write(Buffer.from(stdin));
    running.endInput();
  });
}

/** A program that keeps running on a node until it ends, is killed, or the lab is closed. */
export class LabProcess {
  /** Of the process on its node. */
  readonly pid: number;
  /** Resolves once it has ended; `lost` when the node went away under it. */
  readonly ended: Promise<{ code: number | null; signal: number | null; lost: boolean }>;
  private text = '';
  private over = false;
  private readonly decoder = new StringDecoder('utf8');
  private readonly watchers = new Set<() => void>();

  private constructor(
    pid: number,
    private readonly running: RunningCommand,
    readonly logFile: string,
    ended: LabProcess['ended'],
  ) {
    this.pid = pid;
    this.ended = ended;
  }

  /** Starts it. Standard output and error go, as they come, to a file on this machine. */
  static async start(connect: Connect, command: Command, logFile: string, stdin?: string): Promise<LabProcess> {
    const socket = await connect();
    const log = createWriteStream(logFile, { flags: 'a' });
    return new Promise((resolve, reject) => {
      let process: LabProcess | undefined;
      let finish: (result: Awaited<LabProcess['ended']>) => void;
      const ended = new Promise<Awaited<LabProcess['ended']>>((settle) => (finish = settle));
      const running = new RunningCommand(socket, command, {
        started: (pid) => resolve((process = new LabProcess(pid, running, logFile, ended))),
        output: (_, data) => process?.take(data, log),
        ended: ({ code, signal, error }) => {
          log.end();
          if (process) process.over = true;
          finish({ code, signal, lost: error !== undefined });
          process?.notify();
          if (!process) reject(new Error(`${command.argv.join(' ')}: ${error?.message ?? 'did not start'}`));
        },
      });
      if (stdin !== undefined) running.write(Buffer.from(stdin));
      running.endInput();
    });
  }

  /** Everything it has printed so far. */
  output(): string {
    return this.text;
  }

  /** Waits for a line or passage in its output, also one that is there already; returns the match. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray> {
    return this.until((output) => pattern.exec(output) ?? undefined, String(pattern), timeoutMs);
  }

  /** Waits until `find` makes something of what has been printed; fails when the program has ended without it. */
  async until<T>(find: (output: string) => T | undefined, what: string, timeoutMs = 30_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.watchers.delete(look);
      };
      const fail = (why: string) => {
        stop();
        reject(new Error(`${this.logFile}: waited for ${what}, but ${why}. The end: ${this.text.slice(-2000)}`));
      };
      const look = () => {
        const found = find(this.text);
        if (found !== undefined) {
          stop();
          resolve(found);
        } else if (this.over) fail('the program has ended');
      };
      const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  /** Signals its process group and, by default, waits for its end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL', { wait = true } = {}): Promise<void> {
    this.running.signal(constants.signals[signal]);
    if (wait) await this.ended;
  }

  /** Lets go of it, which kills it if its node is still there. */
  close(): void {
    this.running.close();
  }

  private take(data: Buffer, log: WriteStream): void {
    log.write(data);
    this.text += this.decoder.write(data);
    this.notify();
  }

  private notify(): void {
    for (const look of [...this.watchers]) look();
  }
}
