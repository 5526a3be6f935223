import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsByPackage, readStages, valuesOf } from './dockerfile';

/**
 * Where Debian 13 has the programs: read with `dpkg -S` in a minimal Debian 13 root in which exactly these
 * packages were installed without recommended ones. Of what they have, the programs that are needed.
 */
const debian: Record<string, string[]> = {
  dmsetup: ['dmsetup'],
  e2fsprogs: ['mkfs.ext4'],
  fdisk: ['sfdisk'],
  kmod: ['modprobe'],
  mdadm: ['mdadm'],
  mount: ['mount', 'umount'],
  'nvme-cli': ['nvme'],
  tini: ['tini'],
  udev: ['udevadm'],
  'util-linux': ['blkdiscard', 'blkid', 'fallocate', 'partx', 'wipefs'],
  xfsprogs: ['mkfs.xfs'],
};

/** Of packages that every Debian has (marked Essential). */
const essential = ['dd', 'rmdir', 'stat', 'sync'];

const [globals, build, image] = readStages('Dockerfile') as [Stage, Stage, Stage];
type Stage = ReturnType<typeof readStages>[number];
const { version, engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  engines: { node: string };
};

describe('the image', () => {
  it('is built and run with one pinned long-term version of Node, not older than the package asks for', () => {
    const node = /^NODE=((\d+)\.\d+\.\d+)$/.exec(valuesOf(globals, 'ARG')[0]!)!;
    expect(Number(node[2]) % 2).toBe(0);
    expect(Number(node[2])).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)![0]));
    expect([valuesOf(build, 'FROM'), valuesOf(image, 'FROM')]).toEqual([
      ['node:${NODE}-trixie-slim AS build'],
      ['node:${NODE}-trixie-slim'],
    ]);
  });

  it('holds of the build no more than the bundle', () => {
    expect(valuesOf(image, 'COPY')).toEqual([
      '--from=build /src/dist/meshstor.cjs /src/dist/client-node.cjs /usr/lib/meshstor/',
    ]);
  });

  it('starts as a user without rights, under tini, so that signals arrive and orphans are reaped', () => {
    expect(valuesOf(image, 'USER')).toEqual(['65532:65532']);
    expect(valuesOf(image, 'ENTRYPOINT').map((value) => JSON.parse(value) as string[])).toEqual([
      ['/usr/bin/tini', '--', 'node', '/usr/lib/meshstor/meshstor.cjs'],
    ]);
  });

  it('says what it is, in the version of the package', () => {
    expect(valuesOf(image, 'ARG')).toContain(`VERSION=${version}`);
    const labels = valuesOf(image, 'LABEL').join(' ');
    for (const name of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(labels).toContain(`org.opencontainers.image.${name}=`);
    }
  });

  it('keeps mdadm from assembling what nobody asked for, and members from bad-block lists', () => {
    const written = /printf '([^']*)' > \/etc\/mdadm\/mdadm.conf/.exec(valuesOf(image, 'RUN').join())![1]!;
    expect(written.split('\\n')).toEqual(expect.arrayContaining(['AUTO -all', 'CREATE bbl=no']));
  });

  it('gets for its build all that is copied, and nothing else', () => {
    const ignored = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    const copied = valuesOf(build, 'COPY').flatMap((value) => value.split(' ').slice(0, -1));
    expect(ignored).toEqual(['*', ...copied.map((path) => `!${path}`)]);
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('the programs of the image', () => {
  it('come from the packages that it installs', () => {
    const installed = /--no-install-recommends ([a-z0-9 .-]+?) &&/.exec(valuesOf(image, 'RUN').join())![1]!.split(' ');
    expect(programsByPackage('Dockerfile')).toEqual(debian);
    expect(installed).toEqual(Object.keys(debian));
  });

  it('are all that the host agent runs, and the entry point, and no others', () => {
    const needed = [...programsIn('src/host/linux'), 'tini'];
    const provided = [...essential, ...Object.values(debian).flat()];
    expect(needed.sort()).toEqual(provided.sort());
  });
});

/** What stands first in the argument vectors of a folder's code: in run([...]), or before an option. */
function programsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const source = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const vectors = [/\b(?:run|follow)\(\s*\[\s*'([\w.-]+)'/g, /\[\s*'([a-z][\w.-]*)',\s*['`]-/g];
  return [...new Set(vectors.flatMap((pattern) => [...source.matchAll(pattern)].map(([, program]) => program!)))];
}
