import type { Bio } from './hardware/bio';
import { blank, type Cell, type Cells } from './hardware/cells';
import type { KernelDevice } from './kernel/device';
import type { Done } from './kernel/errno';
import type { FileSystem, FsStats } from './kernel/fs/file-system';
import type { Mount } from './kernel/fs/mounts';

/** The node lost its power under the process. What was under way may have happened or not. */
export class PowerLost extends Error {
  constructor(node: string) {
    super(`node ${node} lost its power`);
    this.name = 'PowerLost';
  }
}

/** Processes of one node with something open; they end with its power. */
export class Processes {
  private readonly victims = new Set<(reason: PowerLost) => void>();

  constructor(private readonly node: string) {}

  /** A promise for what `start` leads to; rejected when the power goes first. It may wait for ever. */
  run<T>(start: (done: (error: Error | undefined, value?: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.victims.add(reject);
      start((error, value) => {
        this.victims.delete(reject);
        if (error) reject(error);
        else resolve(value as T);
      });
    });
  }

  killAll(): void {
    const reason = new PowerLost(this.node);
    for (const kill of this.victims) kill(reason);
    this.victims.clear();
  }
}

/** A block device that a process has open. Values are cells: at most 4,096 latin1 characters each. */
export class SimVolumeHandle {
  private open = true;

  constructor(
    private readonly device: KernelDevice,
    private readonly processes: Processes,
    private readonly readOnly: boolean,
  ) {
    device.openers++;
  }

  /**
   * Resolved when the write is acknowledged, which may take for ever; rejected when it failed. With `sync` (the
   * default) as O_DSYNC does it: acknowledged means durable.
   */
  async write(cell: number, value: Cell, { sync = true } = {}): Promise<void> {
    await this.writeRange(cell, 1, new Map([[0, value]]));
    if (sync) await this.flush();
  }

  /** Replaces `count` cells at once. */
  async writeRange(start: number, count: number, data: Cells): Promise<void> {
    if (this.readOnly) throw new Error(`${this.device.name} is open read-only`);
    await this.submit({ op: 'write', start, count, data });
  }

  /** What the cell holds; '' for zeroes. */
  async read(cell: number): Promise<Cell> {
    return (await this.submit({ op: 'read', start: cell, count: 1 })).get(0) ?? blank;
  }

  async readRange(start: number, count: number): Promise<Cells> {
    return this.submit({ op: 'read', start, count });
  }

  async flush(): Promise<void> {
    await this.submit({ op: 'flush', start: 0, count: 0 });
  }

  close(): void {
    if (this.open) this.device.openers--;
    this.open = false;
  }

  private submit(bio: Omit<Bio, 'end'>): Promise<Cells> {
    return this.processes.run<Cells>((done) => {
      if (!this.open) return done(new Error(`${this.device.name} was closed`));
      const end: Bio['end'] = (error, data) =>
        done(error && new Error(`${this.device.name}: ${bio.op} failed with EIO`), data ?? new Map());
      this.device.submit({ ...bio, end });
    });
  }
}

/** A process that works in a mounted file system; until it is closed, the path cannot be unmounted. */
export class SimMount {
  private open = true;

  constructor(
    private readonly mount: Mount & { readonly fileSystem: FileSystem },
    private readonly processes: Processes,
  ) {
    mount.users++;
  }

  /** Replaces a file's contents. Resolved when they are durable. */
  async writeFile(name: string, content: string | Buffer): Promise<void> {
    if (this.mount.readOnly) throw new Error(`${this.mount.path} is mounted read-only`);
    await this.run((done) => this.mount.fileSystem.writeFile(name, Buffer.from(content), done));
  }

  async readFile(name: string): Promise<Buffer> {
    return this.run<Buffer>((done) => this.mount.fileSystem.readFile(name, done));
  }

  list(): string[] {
    return this.mount.fileSystem.list();
  }

  /** What df shows. */
  stats(): FsStats {
    return this.mount.fileSystem.stats();
  }

  close(): void {
    if (this.open) this.mount.users--;
    this.open = false;
  }

  private run<T = void>(start: (done: Done<T>) => void): Promise<T> {
    if (!this.open) return Promise.reject(new Error(`${this.mount.path} was closed`));
    return this.processes.run<T>(start);
  }
}
