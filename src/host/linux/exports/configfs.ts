import { mkdir, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call } from '../call';
import { lockKeys } from '../host';
import type { Locks } from '../locks';
import { Sysfs } from '../sysfs';

/** How long one edit may keep the others waiting. */
const patienceMs = 2_000;

/**
 * The NVMe target's settings. Steps that the kernel answers at once are made here; those that wait for a device
 * (enabling and disabling a namespace, removing things with connections) go through a process (raw.ts).
 */
export class Configfs extends Sysfs {
  constructor(
    root: string,
    private readonly locks: Locks,
  ) {
    super(root);
  }

  /**
   * One edit after the other. One that hangs in the kernel lets the next begin after two seconds: they touch
   * other exports, because each export's own verbs exclude each other.
   */
  edit<T>(call: Call, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = () =>
        new Promise<void>((next) => {
          const timer = call.clock.setTimer(patienceMs, next);
          const end = () => {
            timer.cancel();
            next();
          };
          work().then(resolve, reject).then(end, end);
        });
      // By a call of its own: the place in the queue is not held for what hangs on.
      this.locks.run(lockKeys.configfs, call.detached(), turn).catch(reject);
    });
  }

  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, value: string): Promise<void> {
    return writeFile(this.path(path), value);
  }

  /** Writes unless the attribute has the value already. */
  async set(path: string, value: string): Promise<void> {
    if ((await this.text(path)) !== value) await this.write(path, value);
  }

  async has(folder: string): Promise<boolean> {
    const at = folder.lastIndexOf('/');
    return (await this.list(folder.slice(0, at))).includes(folder.slice(at + 1));
  }

  async make(folder: string): Promise<void> {
    await mkdir(this.path(folder)).catch(unless('EEXIST'));
  }

  /** Makes `path` a link to `target`; both below the root. */
  async join(target: string, path: string): Promise<void> {
    await symlink(this.path(target), this.path(path)).catch(unless('EEXIST'));
  }

  async unlink(path: string): Promise<void> {
    await unlink(this.path(path)).catch(unless('ENOENT'));
  }

  /** Removes a folder; one that is still in use stays. */
  async removeUnused(folder: string): Promise<void> {
    await rmdir(this.path(folder)).catch(unless('ENOENT', 'EBUSY', 'ENOTEMPTY'));
  }
}

const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
