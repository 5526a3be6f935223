import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../..');

/** The product's bundle, made from the source as it is now, in a folder of its own. */
export class Bundle {
  private constructor(private readonly folder: string) {}

  static async make(): Promise<Bundle> {
    const folder = await mkdtemp(join(tmpdir(), 'meshstor-bundle-'));
    await promisify(execFile)(process.execPath, [join(root, 'scripts/build.mjs'), folder], { cwd: root });
    return new Bundle(folder);
  }

  get path(): string {
    return join(this.folder, 'meshstor.cjs');
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
