import { fork, type ChildProcess } from 'node:child_process';
import type { Job, Report } from './worker';

/** A little more for short-lived objects makes the worker's collector a quarter cheaper. */
const execArgv = ['--max-semi-space-size=64'];

/** Processes of one bundle that run jobs, each one at a time. */
export class Pool {
  readonly #idle: ChildProcess[];
  readonly #waiting: ((child: ChildProcess) => void)[] = [];
  readonly #all: readonly ChildProcess[];

  constructor(path: string, size: number) {
    this.#all = Array.from({ length: size }, () => fork(path, { execArgv }));
    this.#idle = [...this.#all];
  }

  async run(job: Job): Promise<Report> {
    const child = this.#idle.pop() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    try {
      return await ask(child, job);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(child);
      else this.#idle.push(child);
    }
  }

  close(): void {
    for (const child of this.#all) child.kill();
  }
}

function ask(child: ChildProcess, job: Job): Promise<Report> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a worker ended'));
    child.once('exit', onExit);
    child.once('message', (report: Report) => {
      child.off('exit', onExit);
      resolve(report);
    });
    child.send(job);
  });
}
