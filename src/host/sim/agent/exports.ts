import { HostError } from '../../errors';
import {
  Transport,
  type ApplyExportRequest,
  type Endpoint,
  type Export,
  type FenceExportRequest,
  type RemoveExportRequest,
  type RemoveExportResponse,
} from '../../gen/host';
import type { PartitionDevice } from '../kernel/drives';
import { portOf, type Subsystem } from '../kernel/nvmet';
import type { Call } from './call';
import type { Host } from './host';
import { requireSession } from './session';
import { deviceOf, findPartition } from './survey';
import { requireNotHeld, servedPartition } from './usage';
import { invalid, requireEndpoint, requireExportNQN, requireHostNQN, requireUUID } from './validate';

export async function applyExport(host: Host, request: ApplyExportRequest, call: Call): Promise<Export> {
  const { partitionUuid, nqn, namespaceUuid, hostNqns } = request;
  requireUUID('partition', partitionUuid);
  requireUUID('namespace', namespaceUuid);
  if (requireExportNQN(nqn).partitionUUID !== partitionUuid) invalid(`NQN ${nqn} is not one of ${partitionUuid}`);
  for (const hostNqn of hostNqns) requireHostNQN('host', hostNqn);
  const address = requireEndpoint(request.endpoint);
  if (address.transport === 'rdma' && !host.facts.rdma) invalid(`node ${host.node} has no RDMA`);
  const found = await findPartition(host, partitionUuid, call);
  requireSession(host, found.device, request.driveSession);
  const device = deviceOf(host, found);
  requireNotHeld(host, partitionUuid, device);
  const { nvmet } = host.kernel;
  const subsystem = (await usableSubsystem(host, request, device, call)) ?? nvmet.create(nqn);
  const turnedAway = setHosts(subsystem, hostNqns);
  if (!subsystem.namespace) nvmet.enableNamespace(subsystem, namespaceUuid, device);
  for (const port of [...subsystem.ports]) {
    if (turnedAway || port !== portOf(address)) nvmet.unlink(subsystem, port);
  }
  nvmet.link(subsystem, address);
  nvmet.setFence(subsystem, false);
  return exportMessage(subsystem);
}

export async function fenceExport({ kernel, node }: Host, { nqn }: FenceExportRequest): Promise<Export> {
  requireExportNQN(nqn);
  const subsystem = kernel.nvmet.find(nqn);
  if (!subsystem) throw new HostError('NotFound', `node ${node} has no export ${nqn}`);
  kernel.nvmet.setFence(subsystem, true);
  return exportMessage(subsystem);
}

export async function removeExport(
  host: Host,
  { nqn }: RemoveExportRequest,
  call: Call,
): Promise<RemoveExportResponse> {
  requireExportNQN(nqn);
  const subsystem = host.kernel.nvmet.find(nqn);
  if (subsystem) await takeDown(host, subsystem, call);
  return {};
}

/** Fence, end the connections, wait until nothing is under way any more. */
async function takeDown({ kernel }: Host, subsystem: Subsystem, call: Call): Promise<void> {
  kernel.nvmet.setFence(subsystem, true);
  for (const port of [...subsystem.ports]) kernel.nvmet.unlink(subsystem, port);
  await call.wait(`ending I/O through ${subsystem.nqn}`, (done) => kernel.nvmet.disableNamespace(subsystem, done));
  kernel.nvmet.remove(subsystem);
}

/** The subsystem of that NQN, unless its namespace is on a device that has gone. */
async function usableSubsystem(
  host: Host,
  { nqn, namespaceUuid, partitionUuid }: ApplyExportRequest,
  device: PartitionDevice,
  call: Call,
): Promise<Subsystem | undefined> {
  const subsystem = host.kernel.nvmet.find(nqn);
  if (!subsystem?.namespace) return subsystem;
  const { uuid } = subsystem.namespace;
  if (uuid !== namespaceUuid) invalid(`${nqn} serves namespace ${uuid}, not ${namespaceUuid}`);
  const served = servedPartition(subsystem);
  if (served !== partitionUuid) invalid(`${nqn} serves partition ${served}, not ${partitionUuid}`);
  if (subsystem.namespace.device === device && subsystem.namespace.enabled) return subsystem;
  await takeDown(host, subsystem, call);
  requireNotHeld(host, partitionUuid, device);
  return undefined;
}

/** Whether a host was taken off the list. That ends no connection of it; ending all of them does. */
function setHosts({ hosts }: Subsystem, hostNqns: readonly string[]): boolean {
  const surplus = [...hosts].filter((hostNqn) => !hostNqns.includes(hostNqn));
  for (const hostNqn of surplus) hosts.delete(hostNqn);
  for (const hostNqn of hostNqns) hosts.add(hostNqn);
  return surplus.length > 0;
}

export function exportMessage(subsystem: Subsystem): Export {
  return {
    nqn: subsystem.nqn,
    partitionUuid: servedPartition(subsystem) ?? '',
    namespaceUuid: subsystem.namespace?.uuid ?? '',
    hostNqns: [...subsystem.hosts].sort(),
    endpoint: endpointOf(subsystem),
    fenced: subsystem.namespace?.fenced ?? true,
  };
}

function endpointOf({ ports }: Subsystem): Endpoint | undefined {
  const [port] = ports;
  if (port === undefined) return undefined;
  const [transport, address, number] = port.split(' ') as [string, string, string];
  return { transport: transport === 'rdma' ? Transport.RDMA : Transport.TCP, address, port: Number(number) };
}
