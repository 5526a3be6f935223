import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

/** The programs of one run. Each ends with this process at the latest, however that ends. */
export class Processes {
  private readonly children: { program: string; child: ChildProcess }[] = [];

  constructor(private readonly folder: string) {}

  /** Output goes to `<program>.log` in the run's folder. */
  start(path: string, args: string[]): void {
    const program = basename(path);
    const log = openSync(join(this.folder, `${program}.log`), 'a');
    // setpriv has the kernel end the program when this process dies, also by SIGKILL.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', path, ...args], {
      cwd: this.folder,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', (error) => child.emit('exit', null, error.message));
    child.unref();
    this.children.push({ program, child });
  }

  /** Polls until `done` holds; throws when a program ended meanwhile, or after the time given. */
  async until(what: string, done: () => Promise<boolean>, milliseconds = 60_000): Promise<void> {
    const end = Date.now() + milliseconds;
    for (;;) {
      this.checkAlive();
      if (await done()) return;
      if (Date.now() > end) throw new Error(`${what}: not reached in ${milliseconds / 1000} s\n${this.logs()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  checkAlive(): void {
    for (const { program, child } of this.children) {
      if (ended(child)) throw new ProgramEnded(`${program} has ended\n${this.log(program)}`);
    }
  }

  /** Ends the programs, the last started first. Nothing of theirs is worth a graceful end. */
  async stop(): Promise<void> {
    for (const { child } of this.children.splice(0).reverse()) {
      if (ended(child)) continue;
      const exit = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL');
      await exit;
    }
  }

  get pids(): number[] {
    return this.children.flatMap(({ child }) => child.pid ?? []);
  }

  private logs(): string {
    return this.children.map(({ program }) => this.log(program)).join('\n');
  }

  private log(program: string): string {
    const path = join(this.folder, `${program}.log`);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-15) : [];
    return [`--- end of ${program}.log`, ...lines].join('\n');
  }
}

export class ProgramEnded extends Error {}

const ended = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Loopback ports that are free now. Another process may take one before it is used. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports: number[] = [];
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}
