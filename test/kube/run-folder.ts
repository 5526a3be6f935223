import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'meshstor-kube-';

/** A new folder for one run of this process, after removing those of runs whose process is gone. */
export function createRunFolder(): string {
  sweep();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, 'owner'), identity(process.pid)!);
  for (const name of ['pki', 'etcd', 'flex']) mkdirSync(join(folder, name), { mode: 0o700 });
  return folder;
}

function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

function isAbandoned(folder: string): boolean {
  const owner = join(folder, 'owner');
  // Between the two calls above, a folder has no owner yet.
  if (!existsSync(owner)) return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 60_000;
  const recorded = readFileSync(owner, 'utf8');
  return identity(Number(recorded.split(' ')[0])) !== recorded;
}

/** Tells a process from a later one with the same pid; undefined when there is none. */
function identity(pid: number): string | undefined {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return undefined;
  // proc(5): the name, in parentheses, may hold spaces; the start time is field 22, the 20th after the name.
  const fields = readFileSync(stat, 'utf8').split(') ').at(-1)!.split(' ');
  return `${pid} ${fields[19]}`;
}
