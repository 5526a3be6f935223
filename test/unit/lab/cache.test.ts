import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = mkdtempSync(join(tmpdir(), 'meshstor-cache-'));
process.env['MESHSTOR_CACHE'] = root;
// After the folder is named: the module reads it once.
const loaded = import('../../../scripts/kernel/cache');
afterAll(() => rmSync(root, { recursive: true }));

describe('the cache', () => {
  it('builds a folder once, also when two ask for it at the same time', async () => {
    const { cached } = await loaded;
    const build = jest.fn(async (folder: string) => writeFile(join(folder, 'made'), ''));
    const folders = await Promise.all([cached('twice', build), cached('twice', build)]);
    expect(folders).toEqual([join(root, 'twice'), join(root, 'twice')]);
    expect(build).toHaveBeenCalledTimes(1);
    expect(await readdir(join(root, 'twice'))).toEqual(['made']);
  });

  it('shows nothing of a build that failed, and builds again', async () => {
    const { cached } = await loaded;
    const fail = async (folder: string) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('no space');
    };
    await expect(cached('failing', fail)).rejects.toThrow('no space');
    expect((await readdir(root)).filter((name) => name.startsWith('failing'))).toEqual([]);
    await cached('failing', async () => undefined);
    expect(existsSync(join(root, 'failing'))).toBe(true);
  });

  it('removes what a build that was killed left', async () => {
    const { cached } = await loaded;
    await mkdir(join(root, 'killed.partial-abc'));
    await cached('killed', async () => undefined);
    expect((await readdir(root)).filter((name) => name.startsWith('killed'))).toEqual(['killed']);
  });

  it('names folders by their inputs, however those are cut up', async () => {
    const { fingerprint } = await loaded;
    expect(fingerprint('a', 'b')).toBe(fingerprint('a', 'b'));
    expect(fingerprint('a', 'b')).not.toBe(fingerprint('ab'));
    expect(fingerprint('a', 'b')).toMatch(/^[0-9a-f]{8}$/);
  });
});
