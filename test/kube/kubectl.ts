import { execFile } from 'node:child_process';

export interface Output {
  code: number;
  stdout: string;
  stderr: string;
}

/** kubectl for one server, as one user. */
export class Kubectl {
  constructor(
    private readonly path: string,
    private readonly kubeconfig: string,
  ) {}

  /** What kubectl printed; rejects with its error text when it fails. `input` is its stdin. */
  async run(args: string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`);
    return stdout;
  }

  async try(args: string[], input = ''): Promise<Output> {
    // Its own discovery cache: by default it is kept per address, and ports are used again by other runs.
    const flags = [`--kubeconfig=${this.kubeconfig}`, `--cache-dir=${this.kubeconfig}.cache`];
    // Named, because jest gives each test file an environment of its own, which child processes do not inherit.
    const { env } = process;
    return new Promise((resolve) => {
      const child = execFile(this.path, [...flags, ...args], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
      });
      child.stdin?.end(input);
    });
  }

  async apply(...objects: object[]): Promise<string> {
    return this.run(['apply', '-f', '-'], asList(objects));
  }

  async create(...objects: object[]): Promise<string> {
    return this.run(['create', '-f', '-'], asList(objects));
  }

  async get<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.run(['get', ...args, '--output=json'])) as T;
  }
}

const asList = (items: object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
