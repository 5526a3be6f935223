import { namespaceUUID, parseExportNQN } from '../../../api/identity';
import { ImportState, type Import } from '../../gen/host';
import type { Host } from '../host';

/** A connection to an export of MeshStor, as sysfs tells. */
export interface Controller {
  /** nvme3 */
  readonly name: string;
  readonly nqn: string;
  readonly volumeUID: string;
  readonly partitionUUID: string;
  /** UUID the export's namespace must have. */
  readonly namespaceUUID: string;
  /** live, connecting, resetting, deleting, ... */
  readonly state: string;
  /** traddr=10.77.0.2,trsvcid=4420,... */
  readonly address: string;
}

export async function listControllers(host: Host): Promise<Controller[]> {
  const names = (await host.sysfs.list('class/nvme')).filter((name) => /^nvme\d+$/.test(name));
  const all = await Promise.all(names.map((name) => readController(host, name)));
  return all.filter((controller) => controller !== undefined);
}

async function readController({ sysfs, expectedNamespace }: Host, name: string): Promise<Controller | undefined> {
  const nqn = await sysfs.text(`class/nvme/${name}/subsysnqn`);
  const parts = nqn === undefined ? undefined : parseExportNQN(nqn);
  if (nqn === undefined || !parts) return undefined;
  const state = await sysfs.text(`class/nvme/${name}/state`);
  const address = await sysfs.text(`class/nvme/${name}/address`);
  if (state === undefined) return undefined;
  const { volumeUID, partitionUUID, epoch } = parts;
  const expected = expectedNamespace.get(nqn) ?? namespaceUUID(partitionUUID, epoch);
  return { name, nqn, volumeUID, partitionUUID, namespaceUUID: expected, state, address: address ?? '' };
}

/** The connection to an export; of several (an attempt that is being deleted) the one that is live. */
export async function findController(host: Host, nqn: string): Promise<Controller | undefined> {
  const found = (await listControllers(host)).filter((controller) => controller.nqn === nqn);
  return found.find(({ state }) => state === 'live') ?? found[0];
}

export async function toImport(host: Host, controller: Controller): Promise<Import> {
  const { nqn, namespaceUUID: uuid } = controller;
  return { nqn, namespaceUuid: uuid, state: await stateOf(host, controller) };
}

/** Accessible states of an ANA group. */
const accessible = ['optimized', 'non-optimized'];

async function stateOf(host: Host, controller: Controller): Promise<ImportState> {
  if (controller.state !== 'live') return ImportState.CONNECTING;
  const found = await lookAtNamespace(host, controller);
  if (found.ana !== undefined && !accessible.includes(found.ana)) return ImportState.FENCED;
  return found.device ? ImportState.LIVE : ImportState.EMPTY;
}

export interface NamespaceDevice {
  /** nvme3n1 */
  readonly name: string;
  readonly path: string;
  /** major:minor */
  readonly devno: string;
  readonly sizeBytes: number;
}

/**
 * Block device of the export's namespace, identified by the namespace's UUID: numbers and names change with every
 * connection. Undefined while there is none, as before a fence was lifted for the first time.
 */
export async function namespaceDevice(host: Host, controller: Controller): Promise<NamespaceDevice | undefined> {
  return (await lookAtNamespace(host, controller)).device;
}

/**
 * A connection's folder has native multipath's hidden path (nvme3c5n1: subsystem 3, controller 5), whose name
 * gives that of the block device (nvme3n1); without native multipath it has the block device itself.
 */
async function lookAtNamespace(
  host: Host,
  { name: controller, namespaceUUID: uuid }: Controller,
): Promise<{ ana?: string | undefined; device?: NamespaceDevice }> {
  const { sysfs, paths } = host;
  for (const entry of await sysfs.list(`class/nvme/${controller}`)) {
    const match = /^nvme(\d+)(?:c\d+)?n(\d+)$/.exec(entry);
    if (!match || (await sysfs.text(`class/nvme/${controller}/${entry}/uuid`)) !== uuid) continue;
    const ana = await sysfs.text(`class/nvme/${controller}/${entry}/ana_state`);
    const name = `nvme${match[1]}n${match[2]}`;
    const same = (await sysfs.text(`block/${name}/uuid`)) === uuid;
    const devno = await sysfs.text(`block/${name}/dev`);
    const sectors = await sysfs.number(`block/${name}/size`);
    if (!same || devno === undefined || !sectors) return { ana };
    return { ana, device: { name, path: `${paths.dev}/${name}`, devno, sizeBytes: sectors * 512 } };
  }
  return {};
}

/** Whether the provider serves another namespace under this export's NQN. */
export async function otherNamespace({ sysfs }: Host, controller: Controller): Promise<string | undefined> {
  for (const entry of await sysfs.list(`class/nvme/${controller.name}`)) {
    if (!/^nvme\d+(c\d+)?n\d+$/.test(entry)) continue;
    const uuid = await sysfs.text(`class/nvme/${controller.name}/${entry}/uuid`);
    if (uuid !== undefined && uuid !== controller.namespaceUUID) return uuid;
  }
  return undefined;
}
