import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sourceLine, suite } from './apt';
import { cacheRoot, cached, fingerprint } from './cache';
import { progress, run } from './run';

/** What a lab node has installed: what a storage node has, and what people need to look around. */
const packages = [
  'busybox-static',
  'dmsetup',
  'e2fsprogs',
  'fdisk',
  'fio',
  'gdisk',
  'iproute2',
  'iputils-ping',
  'jq',
  'kmod',
  'mdadm',
  'nvme-cli',
  'procps',
  'python3-minimal',
  'socat',
  'strace',
  'udev',
  'util-linux',
  'xfsprogs',
];
const leftOut = ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*'];

/** Raise them when the steps of the base or of the image change. */
const baseRecipe = '1';
const imageRecipe = '3';

const guestFolder = join(import.meta.dirname, '../../test/lab/guest');

const baseName = () => `debian-${suite}-${fingerprint(baseRecipe, suite, ...packages, ...leftOut)}`;

/** The packages of a node, unpacked, if the cache has them. */
export function findBase(): string | undefined {
  const folder = join(cacheRoot, baseName());
  return existsSync(folder) ? folder : undefined;
}

/** The packages of a node, unpacked, from this machine's Debian mirror. Needs root. */
export async function buildBase(): Promise<string> {
  return cached(baseName(), async (folder) => {
    progress(`root file system: installing ${suite} and ${packages.length} packages into a folder`);
    const skip = leftOut.map((path) => `--dpkgopt=path-exclude=${path}`);
    const include = `--include=${packages.join(',')}`;
    const source = await sourceLine();
    await run(['mmdebstrap', '--quiet', '--variant=minbase', include, ...skip, suite, join(folder, 'root'), source]);
    await rm(join(folder, 'root/var/lib/apt/lists'), { recursive: true, force: true });
    progress('root file system: installed');
  });
}

/** The disk image all nodes boot from: the packages, the host's own Node.js, and test/lab/guest. */
export async function buildImage(base: string): Promise<string> {
  const guest = readdirSync(guestFolder).sort();
  const sources = guest.flatMap((name) => [name, readFileSync(join(guestFolder, name))]);
  const node = process.execPath;
  const { size } = await stat(node);
  const name = `lab-root-${fingerprint(imageRecipe, base, process.version, `${process.arch} ${size}`, ...sources)}`;
  const folder = await cached(name, async (target) => {
    progress('root image: adding Node.js and the lab agent');
    const root = join(target, 'root');
    await run(['cp', '-a', '--reflink=auto', join(base, 'root'), root]);
    await addGuest(root);
    await copyFile(node, join(root, 'usr/bin/node'));
    await run(['chroot', root, 'node', '-e', '0']);
    await makeImage(root, join(target, 'root.img'), createHash('sha256').update(name).digest('hex'));
    await rm(root, { recursive: true });
    progress('root image: built');
  });
  await utimes(folder, new Date(), new Date());
  return join(folder, 'root.img');
}

async function addGuest(root: string): Promise<void> {
  const lab = join(root, 'lab');
  await mkdir(join(lab, 'host'), { recursive: true });
  for (const program of ['agent', 'writer']) {
    const to = program === 'agent' ? join(lab, program) : join(root, 'usr/local/bin', program);
    await run(['gcc', '-O2', '-Wall', '-static', '-o', to, join(guestFolder, `${program}.c`)]);
  }
  for (const script of ['sysinit', 'drive']) {
    await copyFile(join(guestFolder, script), join(lab, script));
    await chmod(join(lab, script), 0o755);
  }
  await copyFile(join(guestFolder, 'inittab'), join(root, 'etc/inittab'));
  await copyFile(join(guestFolder, '00-lab.rules'), join(root, 'etc/udev/rules.d/00-lab.rules'));
  await writeFile(join(root, 'etc/resolv.conf'), '');
  await rm(join(root, 'etc/apt/sources.list'), { force: true });
}

async function makeImage(root: string, image: string, seed: string): Promise<void> {
  const used = Number((await run(['du', '-sm', root])).split('\t')[0]);
  const uuid = seed.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  const size = `${Math.ceil(used * 1.15) + 1024}M`;
  await run(['mke2fs', '-q', '-t', 'ext4', '-J', 'size=8', '-U', uuid, '-L', 'lab-root', '-d', root, image, size]);
}

/** Removes images that no build has asked for in a week. */
export async function pruneImages(): Promise<void> {
  const weekAgo = Date.now() - 7 * 24 * 3_600_000;
  for (const name of await readdir(cacheRoot)) {
    const folder = join(cacheRoot, name);
    if (!name.startsWith('lab-root-') || (await stat(folder)).mtimeMs > weekAgo) continue;
    await rm(folder, { recursive: true, force: true });
  }
}
