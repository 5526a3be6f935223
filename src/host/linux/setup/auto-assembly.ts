import { randomBytes } from 'node:crypto';
import { access, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../../../runtime/log';
import { HostError } from '../../errors';
import type { Call } from '../call';
import type { HostPaths } from '../host';
import { leavesArraysAlone, makesNoBadBlockList, withRules } from './mdadm-conf';

type ConfPaths = Pick<HostPaths, 'machineMdadmConf' | 'ownMdadmConf'>;

/**
 * Sees to it that nobody else assembles an array: udev would, on every connect and at every boot, and 30 seconds
 * later also with members missing. Done before anything else, and again before whatever depends on it.
 */
export class AutoAssembly {
  private problem: string | undefined = 'not looked at yet';

  constructor(
    private readonly paths: ConfPaths,
    private readonly log: Logger,
  ) {}

  /** Why it is not safe to make members visible; undefined when it is. */
  get warning(): string | undefined {
    return this.problem && `mdadm may start arrays by itself on this node: ${this.problem}`;
  }

  async ensure(): Promise<void> {
    try {
      for (const file of await this.machineFiles()) {
        await this.ensureFile(file, { auto: true, create: file === this.paths.ownMdadmConf });
      }
      await this.ensureFile(this.paths.ownMdadmConf, { auto: true, create: true });
      this.problem = undefined;
    } catch (error) {
      this.problem = (error as Error).message;
      this.log.error('mdadm.conf', { problem: this.problem });
    }
  }

  /** Throws Busy unless it is safe to make a member visible here. */
  async require(call: Call): Promise<void> {
    call.left();
    if (this.problem !== undefined) await this.ensure();
    if (this.problem !== undefined) {
      throw new HostError('Busy', `${this.warning}; correct mdadm.conf ("AUTO -all", "CREATE bbl=no") and try again`);
    }
  }

  /** All that exist; where none does, the last: any mdadm reads it in the absence of the others. */
  private async machineFiles(): Promise<string[]> {
    const { machineMdadmConf: files } = this.paths;
    const exists = await Promise.all(
      files.map((file) =>
        access(file).then(
          () => true,
          () => false,
        ),
      ),
    );
    const found = files.filter((_, i) => exists[i]);
    return found.length > 0 ? found : files.slice(-1);
  }

  private async ensureFile(file: string, rules: { auto: boolean; create: boolean }): Promise<void> {
    const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const after = withRules(before, rules);
    if (after === before) return;
    await replace(file, after);
    const written = await readFile(file, 'utf8');
    if (leavesArraysAlone(written) && (!rules.create || makesNoBadBlockList(written))) {
      this.log.info('mdadm.conf changed', { file });
      return;
    }
    throw new Error(`${file} was written and does not say what it should`);
  }
}

/** The file has the old or the new content after any crash; its owner and mode stay. */
async function replace(file: string, content: string): Promise<void> {
  const old = await stat(file).catch(() => undefined);
  const temporary = `${file}.meshstor-${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', old ? old.mode & 0o777 : 0o644);
    try {
      await handle.writeFile(content);
      if (old) await handle.chown(old.uid, old.gid);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}
