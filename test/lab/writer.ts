import type { LabNode } from './node';
import type { LabProcess } from './commands';

export interface WriterOptions {
  /** Blocks of 4 KiB that it goes round in. Default 1000. */
  blocks?: number;
  /** Between two writes. Default 5. */
  pauseMs?: number;
  /** Each write is flushed before it counts as acknowledged. Default true. */
  sync?: boolean;
}

/**
 * A program on a node that writes numbered blocks to a file or block device, each with O_DSYNC, and the record of
 * what was acknowledged to it. The record is kept here, where no power cut of the node reaches it.
 */
export class LabWriter {
  private constructor(
    private readonly process: LabProcess,
    private readonly blocks: number,
    private readonly earlier: string,
  ) {}

  /** Starts writing. `after` is a writer of the same target that has ended, perhaps on another node. */
  static async start(
    node: LabNode,
    target: string,
    { blocks = 1000, pauseMs = 5, sync = true }: WriterOptions = {},
    after?: LabWriter,
  ): Promise<LabWriter> {
    const argv = ['writer', 'run', target, String(blocks), String(pauseMs), ...(sync ? [] : ['direct'])];
    const process = await node.spawn(argv, { name: 'writer' });
    await process.waitFor(/^ack /m);
    return new LabWriter(process, blocks, after?.journal() ?? '');
  }

  /** How many writes were acknowledged. */
  get acknowledged(): number {
    return this.process.output().match(/^ack /gm)?.length ?? 0;
  }

  /** The longest that a write took until it was acknowledged. */
  get longestMs(): number {
    return Math.max(0, ...Array.from(this.process.output().matchAll(/^ack \d+ (\d+)$/gm), (match) => Number(match[1])));
  }

  /** The errno of the write that failed and ended the writer. */
  get errno(): number | undefined {
    const found = /^error \d+ \d+ (\d+)$/m.exec(this.process.output());
    return found ? Number(found[1]) : undefined;
  }

  /** By block, the last write to it that was acknowledged: its number. */
  lastAcknowledged(): ReadonlyMap<number, number> {
    const numbers = Array.from(this.journal().matchAll(/^ack (\d+) /gm), (match) => Number(match[1]));
    return new Map(numbers.map((number) => [number % this.blocks, number]));
  }

  /** Waits until `count` more writes are acknowledged, counted from now. */
  async progress(count = 1, timeoutMs = 30_000): Promise<void> {
    const wanted = this.acknowledged + count;
    const enough = () => (this.acknowledged >= wanted ? true : undefined);
    await this.process.until(enough, `${count} more writes`, timeoutMs);
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<void> {
    await this.process.ended;
  }

  /** Ends it after the write it is in. */
  async stop(): Promise<void> {
    await this.process.kill('SIGTERM');
  }

  /** Kills it. A writer whose write hangs in the kernel ends, without learning its result, when the write does. */
  async kill({ wait = true } = {}): Promise<void> {
    await this.process.kill('SIGKILL', { wait });
  }

  /** Reads the target on a node and compares it with what was acknowledged. */
  async check(node: LabNode, target: string): Promise<{ blocks: number; bad: number }> {
    const argv = ['writer', 'check', target, String(this.blocks)];
    const { stdout, stderr } = await node.exec(argv, { stdin: this.journal() });
    const found = /^blocks (\d+) bad (\d+)$/m.exec(stdout);
    if (!found) throw new Error(`The writer could not check ${target} on ${node.name}: ${stderr}`);
    return { blocks: Number(found[1]), bad: Number(found[2]) };
  }

  private journal(): string {
    return `${this.earlier}${this.process.output()}`;
  }
}
