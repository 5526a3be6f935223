import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, watch } from 'node:fs';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assets } from './assets';
import { networks, type LabNetwork } from './network';
import { identify, killGroup } from './processes';
import { driveSerial, driveUuid, hostId, hostNqn, type NodeSpec } from './spec';

const bootTimeoutMs = 120_000;

export interface Machine {
  assets: Assets;
  network: LabNetwork;
  /** All nodes of the lab, for the hosts file. */
  nodes: readonly NodeSpec[];
  /** Where the node keeps its drives, its changes to the root image and its logs. */
  folder: string;
}

export const driveFile = (folder: string, drive: number): string => join(folder, `drive${drive}.img`);
export const consoleFile = (folder: string): string => join(folder, 'logs', 'console.log');
export const shareFolder = (folder: string): string => join(folder, 'share');

/** Lays out the folder of a node that never ran. */
export async function prepareNode(node: NodeSpec, { folder, network, nodes }: Omit<Machine, 'assets'>): Promise<void> {
  const share = shareFolder(folder);
  await mkdir(share, { recursive: true });
  await mkdir(join(folder, 'logs'), { recursive: true });
  for (const [i, drive] of node.drives.entries()) {
    await writeFile(driveFile(folder, i), '', { flag: 'a' });
    await truncate(driveFile(folder, i), drive.sizeMiB * 1024 * 1024);
  }
  const hosts = nodes.map((other) => `${network.address('management', other)} ${other.name}\n`);
  await writeFile(join(share, 'hosts'), `127.0.0.1 localhost\n${hosts.join('')}`);
  await writeFile(join(share, 'node.env'), environment(node, network));
}

/** What guest/sysinit and guest/drive read. */
function environment(node: NodeSpec, network: LabNetwork): string {
  const lines: [string, string | number][] = [
    ['NODE', node.name],
    ...networks.map((name): [string, string] => [name.toUpperCase(), network.address(name, node)]),
    ['HOST_NQN', hostNqn(node)],
    ['HOST_ID', hostId(node)],
    ['DRIVES', node.drives.length],
  ];
  for (const [i, drive] of node.drives.entries()) {
    lines.push(
      [`DRIVE${i}_SECTOR`, drive.sectorSize],
      [`DRIVE${i}_CACHE`, drive.volatileWriteCache ? 'back' : 'through'],
      [`DRIVE${i}_UUID`, driveUuid(node, i)],
      [`DRIVE${i}_SERIAL`, driveSerial(node, i)],
    );
  }
  return lines.map(([name, value]) => `${name}=${value}\n`).join('');
}

/** Starts the node's kernel and waits until the node takes commands. */
export async function bootNode(node: NodeSpec, machine: Machine): Promise<void> {
  const { folder, network } = machine;
  const share = shareFolder(folder);
  await rm(join(share, 'ready'), { recursive: true, force: true });
  const log = openSync(consoleFile(folder), 'a');
  const child = spawn('ip', ['netns', 'exec', network.namespace, ...commandLine(node, machine)], {
    detached: true,
    stdio: ['ignore', log, log],
    // Where the node's memory lives.
    env: { PATH: process.env['PATH'], TMPDIR: '/dev/shm' },
  });
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const id = identify(child.pid!);
  if (id !== undefined) await writeFile(join(folder, 'process.json'), JSON.stringify(id));
  const problem = id === undefined ? 'ended at once' : await untilReady(share, child);
  if (problem === undefined) return;
  if (id !== undefined) await killGroup(id);
  const said = (await readFile(consoleFile(folder), 'utf8')).split('\n').slice(-20).join('\n');
  throw new Error(`Lab node ${node.name} ${problem}. The end of its console:\n${said}`);
}

/** Waits for the sign the agent makes in the shared folder; says what happened instead. */
function untilReady(share: string, child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (problem?: string) => {
      watcher.close();
      clearTimeout(timer);
      resolve(problem);
    };
    const look = () => existsSync(join(share, 'ready')) && settle();
    const watcher = watch(share, look);
    const timer = setTimeout(() => settle(`did not come up in ${bootTimeoutMs} ms`), bootTimeoutMs);
    child.once('exit', () => settle('ended'));
    look();
  });
}

function commandLine(node: NodeSpec, { assets, network, folder }: Machine): string[] {
  const interfaces = networks.map(
    (name, i) =>
      `vec${i}:transport=tap,gro=1,depth=128,ifname=${network.tap(name, node)},mac=${network.mac(name, node)}`,
  );
  const drives = node.drives.map((_, i) => `ubd${i + 1}=${driveFile(folder, i)}`);
  return [
    assets.kernel,
    `mem=${node.memoryMiB}M`,
    `uml_dir=${folder}/`,
    'umid=uml',
    `ubd0=${join(folder, 'root.cow')},${assets.rootImage}`,
    ...drives,
    'root=/dev/ubda',
    'rw',
    'rootfstype=ext4',
    'init=/usr/bin/busybox',
    `hostfs=${shareFolder(folder)}`,
    'net.ifnames=0',
    'quiet',
    'panic=-1',
    'con=null',
    'con0=null,fd:1',
    'ssl=null',
    ...interfaces,
    '--',
    'init',
  ];
}
