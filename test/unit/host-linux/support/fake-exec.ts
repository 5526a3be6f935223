import {
  CommandError,
  type Argv,
  type Exec,
  type Follower,
  type Output,
  type RunOptions,
} from '../../../../src/host/linux/exec';

type Answer = string | Buffer | { code?: number; stdout?: string | Buffer; stderr?: string };
type Handler = (argv: Argv, options: RunOptions) => Answer | void | Promise<Answer | void>;

/** Programs that do what a test says. One that no rule knows fails the test; the latest rule that fits wins. */
export class FakeExec implements Exec {
  /** Command lines, in the order they were run. */
  readonly ran: string[] = [];
  readonly inputs: (string | undefined)[] = [];
  private readonly rules: { pattern: RegExp; handler: Handler }[] = [];
  private readonly followers: ((line: string) => void)[] = [];

  on(pattern: RegExp, answer: Answer | Handler = ''): this {
    this.rules.unshift({ pattern, handler: typeof answer === 'function' ? answer : () => answer });
    return this;
  }

  /** Command lines that fit, in order. */
  matching(pattern: RegExp): string[] {
    return this.ran.filter((line) => pattern.test(line));
  }

  async run(argv: Argv, options: RunOptions): Promise<Output> {
    options.call.left();
    const line = argv.join(' ');
    this.ran.push(line);
    this.inputs.push(options.input);
    const rule = this.rules.find(({ pattern }) => pattern.test(line));
    if (!rule) throw new Error(`no rule for: ${line}`);
    const answer = (await rule.handler(argv, options)) ?? '';
    const plain = typeof answer === 'string' || Buffer.isBuffer(answer) ? { stdout: answer } : answer;
    const { code = 0, stdout = '', stderr = '' } = plain;
    if (!(options.accept ?? [0]).includes(code)) throw new CommandError(argv, code, stderr);
    return { code, stdout: Buffer.from(stdout), stderr };
  }

  follow(argv: Argv, onLine: (line: string) => void): Follower {
    this.ran.push(argv.join(' '));
    this.followers.push(onLine);
    return { ended: new Promise(() => undefined), stop: () => undefined };
  }

  /** A line from every program that is being followed. */
  say(line: string): void {
    for (const onLine of this.followers) onLine(line);
  }
}
