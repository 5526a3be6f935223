import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import { HostError } from '../errors';
import type { Call } from './call';

/** The only door to other programs. Never a shell: a program and its arguments, each as it is. */
export interface Exec {
  /** Runs a program to its end. Throws CommandError when it failed, HostError when it did not end or start. */
  run(argv: Argv, options: RunOptions): Promise<Output>;
  /** Starts a program that goes on, and hands over what it prints, line by line. */
  follow(argv: Argv, onLine: (line: string) => void): Follower;
}

export type Argv = readonly [string, ...string[]];

export interface RunOptions {
  readonly call: Call;
  /** Ends it earlier than the call's deadline. */
  readonly capMs?: number;
  /** Given on its standard input, which is closed otherwise. */
  readonly input?: string;
  /** Exit codes that are no failure. Default: 0. */
  readonly accept?: readonly number[];
  /**
   * What it touches (a drive, a map). While an earlier command on the same subject hangs, further ones are refused
   * as Unreachable, so that they do not pile up.
   */
  readonly subject?: string;
  /** It changes nothing: locks need not wait until it has really ended. */
  readonly readOnly?: boolean;
  /** 'leave': it goes on beyond the deadline, because killing it would do harm. Default: it is killed. */
  readonly onDeadline?: 'kill' | 'leave';
}

export interface Output {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Follower {
  /** Settles when the program has ended, with the reason. */
  readonly ended: Promise<string>;
  stop(): void;
}

/** A program that ended with an exit code nobody expected. */
export class CommandError extends Error {
  constructor(
    readonly argv: Argv,
    /** -1 when a signal ended it. */
    readonly code: number,
    readonly stderr: string,
  ) {
    super(`${argv.join(' ')} ended with ${code}: ${stderr.trim() || 'it said nothing'}`);
    this.name = 'CommandError';
  }
}

/** Processes at work at once. */
const maxAtWork = 16;
/** A process that takes longer waits for a device, not for a processor, and makes room for the next. */
const patienceMs = 1_000;
/** Processes alive at once, waiting ones included. Beyond, something is badly wrong and more would not help. */
const maxAlive = 256;
/** Most that is kept of what a process prints: what is read of a device at once is less than is cleared of a partition. */
const maxOutputBytes = 16 * 1024 * 1024;

// Nothing of the agent's own environment: what programs print must not depend on it.
const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/' };

export class Processes implements Exec {
  private atWork = 0;
  private alive = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly hung = new Map<string, Argv>();

  constructor(
    private readonly clock: Clock,
    private readonly log?: Logger,
  ) {}

  async run(argv: Argv, options: RunOptions): Promise<Output> {
    const { call, subject } = options;
    const stuck = subject !== undefined ? this.hung.get(subject) : undefined;
    if (stuck) throw new HostError('Unreachable', `${subject} does not answer: "${stuck.join(' ')}" still hangs on it`);
    await this.turn(call);
    const deadlineMs = Math.min(this.timeLeft(call), options.capMs ?? Infinity);
    const begun = this.clock.now();
    const child = this.start(argv, options);
    const end = new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new HostError('Internal', `cannot run ${argv[0]}: ${error.message}`)));
      child.once('close', (code) => resolve(code ?? -1));
    });
    this.track(child, argv, options);
    const output = collect(child);
    const code = await this.within(deadlineMs, end, () => this.late(child, argv, deadlineMs, options));
    const { stdout, stderr } = output();
    this.log?.debug('ran', { argv, code, ms: this.clock.now() - begun, verb: call.verb });
    if (!(options.accept ?? [0]).includes(code)) throw new CommandError(argv, code, stderr);
    return { code, stdout, stderr };
  }

  follow(argv: Argv, onLine: (line: string) => void): Follower {
    const child = spawn(argv[0], argv.slice(1), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface({ input: child.stdout }).on('line', onLine);
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2_000)));
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(`ended with ${code ?? signal}: ${said.trim()}`));
    });
    return { ended, stop: () => void child.kill('SIGKILL') };
  }

  private start(argv: Argv, { input }: RunOptions): ChildProcess {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(argv[0], argv.slice(1), { env: environment, cwd: '/', stdio: [stdin, 'pipe', 'pipe'] });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin?.on('error', () => undefined).end(input);
    return child;
  }

  /** Waits for a place among the processes at work. */
  private async turn(call: Call): Promise<void> {
    if (this.alive >= maxAlive) throw new HostError('Unreachable', `${maxAlive} commands hang on this node already`);
    if (this.atWork < maxAtWork) return;
    await new Promise<void>((resolve, reject) => {
      const timer = this.clock.setTimer(call.left(), () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(new HostError('Timeout', `${call.verb}: no place to run a command`));
      });
      const go = () => {
        timer.cancel();
        resolve();
      };
      this.waiting.push(go);
    });
  }

  /** Asked before a program is started: one that nobody waits for would be tracked by nobody. Its place goes on. */
  private timeLeft(call: Call): number {
    try {
      return call.left();
    } catch (error) {
      this.waiting.shift()?.();
      throw error;
    }
  }

  private track(child: ChildProcess, argv: Argv, { call, subject, readOnly }: RunOptions): void {
    this.atWork++;
    this.alive++;
    const giveUpPlace = once(() => {
      this.atWork--;
      this.waiting.shift()?.();
    });
    const timer = this.clock.setTimer(patienceMs, giveUpPlace);
    const gone = new Promise<void>((resolve) => {
      const end = once(() => {
        timer.cancel();
        giveUpPlace();
        this.alive--;
        call.unfinished.delete(gone);
        if (subject !== undefined && this.hung.get(subject) === argv) this.hung.delete(subject);
        resolve();
      });
      child.once('error', end).once('close', end);
    });
    if (!readOnly) call.unfinished.add(gone);
  }

  private within(ms: number, end: Promise<number>, late: () => Error): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimer(ms, () => reject(late()));
      end.finally(() => timer.cancel()).then(resolve, reject);
    });
  }

  private late(child: ChildProcess, argv: Argv, ms: number, { subject, onDeadline }: RunOptions): Error {
    if (subject !== undefined) this.hung.set(subject, argv);
    if (onDeadline !== 'leave') child.kill('SIGKILL');
    // The process may stay for as long as its device hangs; this one must be able to end meanwhile.
    child.unref();
    child.stdout!.destroy();
    child.stderr!.destroy();
    const fate = onDeadline === 'leave' ? 'goes on' : 'was killed';
    return new HostError('Timeout', `${argv.join(' ')} did not end within ${Math.round(ms)} ms and ${fate}`);
  }
}

function collect(child: ChildProcess): () => { stdout: Buffer; stderr: string } {
  const parts: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  for (const stream of ['stdout', 'stderr'] as const) {
    let size = 0;
    child[stream]!.on('data', (data: Buffer) => {
      if ((size += data.length) <= maxOutputBytes) parts[stream].push(data);
    });
  }
  return () => ({ stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr).toString() });
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
