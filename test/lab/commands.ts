import { createWriteStream, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import { connectAgent, RunningCommand, type Command } from './agent';

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

/** Runs a command to its end on the node at `address`. A command that fails is a result, not an error. */
export async function exec(address: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const { stdin, timeoutMs = 60_000, env, cwd } = options;
  const socket = await connectAgent(address);
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const texts = () => ({ stdout: Buffer.concat(output.stdout).toString(), stderr: Buffer.concat(output.stderr).toString() });
  const command: Command = { argv, ...(env && { env }), ...(cwd !== undefined && { cwd }) };
  return new Promise((resolve, reject) => {
    const running = new RunningCommand(socket, command, {
      started: () => undefined,
      output: (stream, data) => output[stream].push(data),
      ended: ({ code, signal, error }) => {
        clearTimeout(timer);
        if (error) reject(new Error(`${argv.join(' ')}: ${error.message}`, { cause: error }));
        else resolve({ code: code ?? 128 + signal!, ...texts() });
      },
    });
    const timer = setTimeout(() => {
      reject(new Error(`${argv.join(' ')} did not end in ${timeoutMs} ms. So far: ${JSON.stringify(texts())}`));
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
  static async start(address: string, command: Command, logFile: string, stdin?: string): Promise<LabProcess> {
    const socket = await connectAgent(address);
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
  async waitFor(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    let over = false;
    void this.ended.then(() => (over = true));
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        this.watchers.delete(look);
      };
      const fail = (why: string) => {
        stop();
        reject(new Error(`${String(pattern)} was not printed: ${why}. The last of it: ${this.text.slice(-2000)}`));
      };
      const look = () => {
        const match = pattern.exec(this.text);
        if (match) {
          stop();
          resolve(match);
        } else if (over) fail('the program has ended');
      };
      const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
      this.watchers.add(look);
      void this.ended.then(look);
      look();
    });
  }

  /** Signals its process group and, by default, waits for its end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL', { wait = true } = {}): Promise<void> {
    this.running.signal(constants.signals[signal]);
    if (wait) await this.ended;
  }

  /** Kills it without waiting; for the end of the lab. */
  close(): void {
    this.running.close();
  }

  private take(data: Buffer, log: WriteStream): void {
    log.write(data);
    this.text += data.toString();
    this.notify();
  }

  private notify(): void {
    for (const look of [...this.watchers]) look();
  }
}
