import { fork, type ChildProcess } from 'node:child_process';
import type { Job, Report } from './worker';

/** A little more for short-lived objects makes the worker's collector a quarter cheaper. */
const execArgv = ['--max-semi-space-size=64'];
/** Many times what any run takes: one that goes round and round within itself hears of nothing. */
const endlessMs = 30_000;

/** Processes of one bundle that run jobs, each one at a time. */
export class Pool {
  readonly #idle: ChildProcess[] = [];
  readonly #waiting: ((child: ChildProcess) => void)[] = [];
  readonly #all = new Set<ChildProcess>();

  constructor(
    private readonly path: string,
    size: number,
  ) {
    for (let n = 0; n < size; n++) this.#idle.push(this.#start());
    process.once('exit', this.close);
  }

  async run(job: Job): Promise<Report> {
    const child = this.#idle.pop() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    const report = await ask(child, job);
    if (report) this.#free(child);
    else this.#replace(child);
    return report ?? endless(job);
  }

  readonly close = (): void => {
    process.off('exit', this.close);
    for (const child of this.#all) child.kill('SIGKILL');
  };

  #start(): ChildProcess {
    const child = fork(this.path, { execArgv });
    this.#all.add(child);
    return child;
  }

  #replace(child: ChildProcess): void {
    this.#all.delete(child);
    child.kill('SIGKILL');
    this.#free(this.#start());
  }

  #free(child: ChildProcess): void {
    const next = this.#waiting.shift();
    if (next) next(child);
    else this.#idle.push(child);
  }
}

/** Undefined: it ended without an answer, or would never give one. */
function ask(child: ChildProcess, job: Job): Promise<Report | undefined> {
  return new Promise((resolve) => {
    const end = (report?: Report) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(report);
    };
    const timer = setTimeout(end, endlessMs);
    child.once('exit', () => end());
    child.once('message', (report: Report) => end(report));
    child.send(job);
  });
}

const endless = ({ scenario }: Job): Report => ({
  wrong: ['the run does not end, or ended its process'],
  struck: true,
  cpuMs: 0,
  record: { scenario, calls: [], changes: 0, processes: [], end: '' },
  trace: [],
});
