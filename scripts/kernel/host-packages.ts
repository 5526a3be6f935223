import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { progress, run } from './run';

/** What this machine needs, by Debian package: a program on the PATH or a file. */
const needed: Record<string, string> = {
  gcc: 'gcc',
  'libc6-dev': '/usr/include/stdio.h',
  make: 'make',
  patch: 'patch',
  flex: 'flex',
  bison: 'bison',
  bc: 'bc',
  'libelf-dev': '/usr/include/gelf.h',
  'xz-utils': 'xz',
  tar: 'tar',
  mmdebstrap: 'mmdebstrap',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  e2fsprogs: 'mke2fs',
  iproute2: 'ip',
};

/** Installs what is missing where apt-get and root allow it; else throws, naming exactly what to install. */
export async function ensureHostPackages(): Promise<void> {
  const missing: string[] = [];
  for (const [name, proof] of Object.entries(needed)) if (!(await present(proof))) missing.push(name);
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0 || !(await present('apt-get'))) {
    throw new Error(`This machine lacks ${missing.join(', ')}. As root: ${command.join(' ')}`);
  }
  progress(`installing ${missing.join(', ')}`);
  await run(['apt-get', '-q=2', 'update']);
  await run(command, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

async function present(proof: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  if (proof.startsWith('/'))
    return stat(proof).then(
      () => true,
      () => false,
    );
  const tries = folders.map((folder) => access(join(folder, proof), constants.X_OK).then(() => true));
  return Promise.any(tries).catch(() => false);
}
