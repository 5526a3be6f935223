import { HostError } from '../../errors';
import type { ApplyExportRequest, Endpoint, Export } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import type { Hardware } from '../drives/hardware';
import { lockKeys, type Host } from '../host';
import { recentPartition } from '../partitions/find';
import { nodeOf, type PartitionNode } from '../partitions/block-device';
import { requireSession, sessionOf } from '../partitions/session';
import { localUser } from '../partitions/users';
import { writeAttribute } from '../raw';
import { ensurePort } from './port';
import { namespace, openGroup, readExport, readPorts, subsystem } from './read';

interface Wanted {
  readonly nqn: string;
  readonly partitionUUID: string;
  readonly namespaceUUID: string;
  readonly hostNQNs: readonly string[];
  readonly endpoint: Endpoint;
  /** The one session of the partition's drive that may be served; empty for any. */
  readonly session: string;
}

/** What is to be served, found just now. */
interface Source {
  readonly node: PartitionNode;
  readonly drive: Hardware;
  /** Of the drive when the partition was found on it. */
  readonly session: string;
}

export async function applyExport(host: Host, request: ApplyExportRequest, call: Call): Promise<Export> {
  const wanted = check(request);
  const { nqn, partitionUUID } = wanted;
  return host.locks.run(lockKeys.partition(partitionUUID), call, async () => {
    const found = await recentPartition(host, partitionUUID, call);
    const session = await sessionOf(host, found.drive);
    await requireSession(host, found.drive, wanted.session);
    const node = await nodeOf(host, found, call);
    const user = await localUser(host, node);
    if (user !== undefined) throw new HostError('Busy', `partition ${partitionUUID} is in use here by ${user}`);
    const before = await readExport(host, nqn);
    // A namespace that was never enabled has a UUID that the kernel made up.
    const isServed = (await host.nvmet.text(`${namespace(nqn)}/enable`)) === '1';
    if (before && isServed && before.namespaceUuid !== wanted.namespaceUUID) {
      throw new HostError('Invalid', `${nqn} serves namespace ${before.namespaceUuid}`);
    }
    await host.nvmet.edit(call, () => bringInLine(host, wanted, { node, drive: found.drive, session }, call));
    const after = await readExport(host, nqn);
    if (!after) throw new HostError('Internal', `${nqn} was made and is not there`);
    return after;
  });
}

function check(request: ApplyExportRequest): Wanted {
  const { partitionUuid, nqn, namespaceUuid, hostNqns, endpoint, driveSession } = request;
  const name = door.exportName('nqn', nqn);
  if (name.partitionUUID !== door.uuid('partition_uuid', partitionUuid)) {
    throw new HostError('Invalid', `${nqn} names partition ${name.partitionUUID}, not ${partitionUuid}`);
  }
  return {
    nqn,
    partitionUUID: partitionUuid,
    namespaceUUID: door.uuid('namespace_uuid', namespaceUuid),
    hostNQNs: [...new Set(hostNqns.map((value) => door.hostNQN('host_nqns', value)))],
    endpoint: door.endpoint(endpoint),
    session: driveSession,
  };
}

/** Every step finds what an earlier, broken-off attempt left. The link that makes it reachable comes last. */
async function bringInLine(host: Host, wanted: Wanted, source: Source, call: Call): Promise<void> {
  const { node, drive, session } = source;
  const { nvmet } = host;
  const { nqn } = wanted;
  if (!(await nvmet.has(subsystem(nqn)))) await makeSubsystem(host, wanted);
  const turnedAway = await allowHosts(host, wanted);
  const port = await ensurePort(host, wanted.endpoint);
  await serveNamespace(host, wanted, node, call);
  // What is open now cannot become another device. Before that it could have, whatever session was asked for.
  await requireSession(host, drive, session).catch(async (error: unknown) => {
    await writeAttribute(host, nvmet.path(`${namespace(nqn)}/enable`), '0', call.aftermath());
    throw error;
  });
  await nvmet.set(`${namespace(nqn)}/ana_grpid`, openGroup);
  for (const other of await readPorts(host)) {
    // A host that was taken off the list keeps its connection; ending all is what ends it (measured).
    const ends = other.id !== port || turnedAway;
    if (ends && other.nqns.includes(nqn)) await nvmet.unlink(`ports/${other.id}/subsystems/${nqn}`);
  }
  await nvmet.join(subsystem(nqn), `ports/${port}/subsystems/${nqn}`).catch((error: NodeJS.ErrnoException) => {
    const { address, port: number } = wanted.endpoint;
    const where = `${address}:${number}`;
    if (error.code === 'EADDRNOTAVAIL') throw new HostError('Invalid', `${where} is no address of this node`);
    if (error.code === 'EADDRINUSE') throw new HostError('Busy', `something else listens on ${where}`);
    throw error;
  });
}

async function makeSubsystem({ nvmet }: Host, { nqn, partitionUUID }: Wanted): Promise<void> {
  await nvmet.make(subsystem(nqn));
  await nvmet.write(`${subsystem(nqn)}/attr_allow_any_host`, '0');
  // 20 characters at most. The same after a reboot, so that importers meet the same controller again.
  await nvmet.write(`${subsystem(nqn)}/attr_serial`, partitionUUID.replaceAll('-', '').slice(0, 20));
  await nvmet.write(`${subsystem(nqn)}/attr_model`, 'MeshStor partition');
}

/** Whether hosts were taken off the list. */
async function allowHosts({ nvmet }: Host, { nqn, hostNQNs }: Wanted): Promise<boolean> {
  const folder = `${subsystem(nqn)}/allowed_hosts`;
  await nvmet.set(`${subsystem(nqn)}/attr_allow_any_host`, '0');
  const surplus = (await nvmet.list(folder)).filter((name) => !hostNQNs.includes(name));
  for (const name of surplus) {
    await nvmet.unlink(`${folder}/${name}`);
    await nvmet.removeUnused(`hosts/${name}`);
  }
  for (const name of hostNQNs) {
    await nvmet.make(`hosts/${name}`);
    await nvmet.join(`hosts/${name}`, `${folder}/${name}`);
  }
  return surplus.length > 0;
}

async function serveNamespace(host: Host, wanted: Wanted, node: PartitionNode, call: Call): Promise<void> {
  const { nvmet } = host;
  const folder = namespace(wanted.nqn);
  await nvmet.make(folder);
  const isServed = (await nvmet.text(`${folder}/enable`)) === '1';
  const isSame = (await nvmet.text(`${folder}/device_path`)) === node.path;
  if (isServed && isSame) return;
  // The device has another name than when it was opened: what is open is a drive that went away.
  if (isServed) await writeAttribute(host, nvmet.path(`${folder}/enable`), '0', call);
  await nvmet.write(`${folder}/device_path`, node.path);
  await nvmet.write(`${folder}/device_uuid`, wanted.namespaceUUID);
  await writeAttribute(host, nvmet.path(`${folder}/enable`), '1', call);
}
