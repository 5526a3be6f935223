import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { locked } from './lock';

/** Where everything that is built or fetched for the lab lives. */
export const cacheRoot = process.env['MESHSTOR_CACHE'] ?? join(homedir(), '.cache', 'meshstor');

/** Eight hex digits that stand for the inputs of a build. */
export function fingerprint(...inputs: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(createHash('sha256').update(input).digest());
  return hash.digest('hex').slice(0, 8);
}

/**
 * The folder `name` of the cache, built first if it is not there. It appears whole or not at all; of builds
 * that start at once, one works and the others wait for it. What a crashed build left is removed.
 */
export async function cached(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheRoot, name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheRoot, { recursive: true });
  await locked(`meshstor-build:${fingerprint(folder)}`, async () => {
    if (existsSync(folder)) return;
    for (const left of await readdir(cacheRoot)) {
      if (left.startsWith(`${name}.partial-`)) await rm(join(cacheRoot, left), { recursive: true, force: true });
    }
    const partial = await mkdtemp(`${folder}.partial-`);
    try {
      await build(partial);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
  return folder;
}
