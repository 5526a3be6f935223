import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { locked } from '../../scripts/kernel/lock';
import { LabNetwork } from './network';
import { identify, isAlive, killGroup, type ProcessId } from './processes';

/** One place per machine, whoever runs labs on it: network names and addresses are the machine's, too. */
const root = '/var/tmp/meshstor-lab';
const slots = 64;

export interface Owner {
  process: ProcessId;
  /** The lab outlives its owner until somebody ends it. */
  detached: boolean;
}

export const slotFolder = (slot: number): string => join(root, String(slot));

/**
 * Claims the lowest free slot. Labs whose owner has gone are removed on the way: their nodes are ended, their
 * networks and files deleted.
 */
export async function claimSlot(detached: boolean): Promise<number> {
  return locked('meshstor-lab:slots', async () => {
    for (const slot of await takenSlots()) {
      const owner = await readOwner(slot);
      if (owner === undefined || (!owner.detached && !isAlive(owner.process))) await clearSlot(slot);
    }
    const taken = new Set(await takenSlots());
    for (let slot = 0; slot < slots; slot++) {
      if (taken.has(slot)) continue;
      await mkdir(slotFolder(slot), { recursive: true });
      const owner: Owner = { process: identify(process.pid)!, detached };
      await writeFile(join(slotFolder(slot), 'owner.json'), JSON.stringify(owner));
      return slot;
    }
    throw new Error(`All ${slots} lab slots of this machine are in use; see npx tsx test/lab/cli.ts list`);
  });
}

/** Ends every node of the slot and removes its networks and files. Safe to call on what is half there. */
export async function clearSlot(slot: number): Promise<void> {
  const nodes = join(slotFolder(slot), 'nodes');
  const names = existsSync(nodes) ? await readdir(nodes) : [];
  await Promise.all(
    names.map(async (name) => {
      const id = await readJson<ProcessId>(join(nodes, name, 'process.json'));
      if (id !== undefined) await killGroup(id);
    }),
  );
  await new LabNetwork(slot, []).remove();
  await rm(slotFolder(slot), { recursive: true, force: true });
}

export async function takenSlots(): Promise<number[]> {
  if (!existsSync(root)) return [];
  return (await readdir(root))
    .map(Number)
    .filter((slot) => Number.isInteger(slot))
    .sort((a, b) => a - b);
}

export const readOwner = (slot: number): Promise<Owner | undefined> =>
  readJson<Owner>(join(slotFolder(slot), 'owner.json'));

/** The file's content; undefined when it is not there or was not written whole. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
