import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PrivateApt } from './apt';
import { cacheRoot, cached, fingerprint } from './cache';
import { progress, run } from './run';

const sourcePackage = 'linux-source-6.12';
const fragmentFile = join(import.meta.dirname, 'uml.fragment');
/** Defects of the kernel that stand in the way of what the lab is for. */
const patches = readdirSync(join(import.meta.dirname, 'patches'))
  .sort()
  .map((name) => join(import.meta.dirname, 'patches', name));

/** Raise it when the steps below change in a way that changes the kernel. */
const recipe = '1';

const suffix = () =>
  fingerprint(recipe, sourcePackage, ...[fragmentFile, ...patches].map((file) => readFileSync(file)));

/** The newest kernel in the cache that was built from the present fragment and steps. */
export async function findKernel(): Promise<string | undefined> {
  const ending = `-${suffix()}`;
  const names = existsSync(cacheRoot) ? await readdir(cacheRoot) : [];
  const found = names.filter((name) => name.startsWith('uml-') && name.endsWith(ending)).sort(byVersion);
  return found.length === 0 ? undefined : join(cacheRoot, found.at(-1)!, 'linux');
}

/** Builds the kernel of the lab's nodes from Debian's source, unless the cache has it. */
export async function buildKernel({ refresh = false } = {}): Promise<string> {
  const known = await findKernel();
  if (known !== undefined && !refresh) return known;
  const apt = await PrivateApt.open();
  try {
    const version = await apt.version(sourcePackage);
    progress(`kernel: ${sourcePackage} ${version}`);
    const folder = await cached(`uml-${version}-${suffix()}`, (target) => compile(apt, target));
    return join(folder, 'linux');
  } finally {
    await apt.close();
  }
}

async function compile(apt: PrivateApt, target: string): Promise<void> {
  const work = await mkdtemp(join(target, 'work-'));
  try {
    progress('kernel: fetching the source (about 150 MB)');
    const deb = await apt.download(sourcePackage, work);
    progress('kernel: unpacking');
    await run(['dpkg-deb', '-x', deb, work]);
    const tree = join(work, 'tree');
    await run(['mkdir', tree]);
    await run(['tar', '-xf', `${work}/usr/src/${sourcePackage}.tar.xz`, '-C', tree, '--strip-components=1']);
    for (const patch of patches) await run(['patch', '-p1', '-i', patch], { cwd: tree });
    await configure(tree);
    progress('kernel: compiling (about 7 minutes of CPU time)');
    const make = run(['make', 'ARCH=um', `-j${availableParallelism()}`, 'linux'], {
      cwd: tree,
      log: join(target, 'build.log'),
    });
    const heartbeat = setInterval(() => void count(join(target, 'build.log')), 20_000);
    await make.finally(() => clearInterval(heartbeat));
    await run(['strip', '-o', join(target, 'linux'), join(tree, 'linux')]);
    await copyFile(join(tree, '.config'), join(target, 'config'));
    progress('kernel: built');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function configure(tree: string): Promise<void> {
  progress('kernel: configuring');
  await run(['make', 'ARCH=um', 'x86_64_defconfig'], { cwd: tree });
  await run(['./scripts/kconfig/merge_config.sh', '-m', '.config', fragmentFile], { cwd: tree });
  await run(['make', 'ARCH=um', 'olddefconfig'], { cwd: tree });
  const dropped = missingSymbols(await readFile(fragmentFile, 'utf8'), await readFile(join(tree, '.config'), 'utf8'));
  if (dropped.length > 0) {
    throw new Error(`The kernel's configuration does not take: ${dropped.join(', ')}. Mend ${fragmentFile}.`);
  }
}

/** Lines of the fragment that the final configuration does not honour. */
export function missingSymbols(fragment: string, config: string): string[] {
  const set = new Set(config.split('\n'));
  const name = (line: string) => line.slice(0, line.indexOf('='));
  return fragment
    .split('\n')
    .filter((line) => line.startsWith('CONFIG_'))
    .filter((line) =>
      line.endsWith('=n') ? [...set].some((other) => other.startsWith(`${name(line)}=`)) : !set.has(line),
    );
}

async function count(log: string): Promise<void> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).match(/^ {2}CC /gm)?.length ?? 0;
  progress(`kernel: ${lines} files compiled`);
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
