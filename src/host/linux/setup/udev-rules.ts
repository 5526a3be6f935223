import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Call } from '../call';
import type { Host } from '../host';

/**
 * Tells udev to leave MeshStor's devices alone. It would probe each of them at every event: a member map without a
 * path makes the probe hang, and with it one of udev's few workers (seen: blkid, uninterruptible); a volume's device
 * holds a guest's partitions and arrays, which are nobody's business on this node.
 */
const rules = [
  '# MeshStor: these devices are looked after by its host agent.',
  [
    'ACTION!="remove", SUBSYSTEM=="block", KERNEL=="dm-*", ATTR{dm/uuid}=="MESHSTOR-*", OPTIONS+="nowatch"',
    'ENV{SYSTEMD_READY}="0", ENV{DM_NOSCAN}="1", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"',
    'ENV{DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG}="1", ENV{DM_UDEV_DISABLE_DISK_RULES_FLAG}="1"',
    'ENV{DM_UDEV_DISABLE_OTHER_RULES_FLAG}="1"',
  ].join(', '),
  [
    'ACTION!="remove", SUBSYSTEM=="block", KERNEL=="nvme*", ATTRS{subsysnqn}=="nqn.2026-01.io.meshstor:*"',
    'OPTIONS+="nowatch", ENV{SYSTEMD_READY}="0", ENV{UDEV_DISABLE_PERSISTENT_STORAGE_RULES_FLAG}="1"',
  ].join(', '),
  '',
].join('\n');

/** After device-mapper's own rules and before any that look into devices: those are 10 and 13, or 55 and 60. */
const files = ['12-meshstor.rules', '56-meshstor.rules'];

/** What is wrong with it, as a sentence; undefined also where there is no udev. */
export async function installUdevRules(host: Host, call: Call): Promise<string | undefined> {
  const folder = host.paths.udevRules;
  const hasUdev = await access(dirname(folder)).then(
    () => true,
    () => false,
  );
  if (!hasUdev) return undefined;
  try {
    await mkdir(folder, { recursive: true });
    const changed = await Promise.all(files.map((name) => write(`${folder}/${name}`)));
    if (changed.includes(true)) await host.exec.run(['udevadm', 'control', '--reload'], { call, capMs: 5_000 });
    return undefined;
  } catch (error) {
    return `udev looks into MeshStor's devices, and hangs where one waits for a path: ${(error as Error).message}`;
  }
}

async function write(path: string): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === rules) return false;
  await writeFile(`${path}.new`, rules);
  await rename(`${path}.new`, path);
  return true;
}
