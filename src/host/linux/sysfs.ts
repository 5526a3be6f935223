import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Reads of sysfs and procfs. Only attributes that the kernel answers from memory may be read here: these calls
 * share a few threads with the whole process, and one that hangs is never given back.
 */
export class Sysfs {
  constructor(readonly root: string) {}

  /** The attribute without surrounding white space; undefined when there is none, or its device is going. */
  async text(path: string): Promise<string | undefined> {
    try {
      return (await readFile(join(this.root, path), 'utf8')).trim();
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }

  /** The attribute as a whole number; undefined when there is none or it is no number. */
  async number(path: string): Promise<number | undefined> {
    const text = await this.text(path);
    return text !== undefined && /^-?\d+/.test(text) ? Number.parseInt(text, 10) : undefined;
  }

  /** Names in a folder, sorted; none when it does not exist. */
  async list(path: string): Promise<string[]> {
    try {
      return (await readdir(join(this.root, path))).sort(byNumber);
    } catch (error) {
      if (isAbsence(error)) return [];
      throw error;
    }
  }

  /** Where a link points, as written; undefined when there is none. */
  async link(path: string): Promise<string | undefined> {
    try {
      return await readlink(join(this.root, path));
    } catch (error) {
      if (isAbsence(error)) return undefined;
      throw error;
    }
  }
}

const absences = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EINVAL', 'ESTALE'];

export const isAbsence = (error: unknown): boolean => absences.includes((error as NodeJS.ErrnoException).code ?? '');

/** nvme2n1 before nvme10n1. */
export const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
