import { HostError } from '../../errors';
import type { Export, FenceExportRequest, RemoveExportRequest } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { lockKeys, type Host } from '../host';
import { writeAttribute } from '../raw';
import { fencedGroup, namespace, readExport, readPorts, subsystem } from './read';

export async function fenceExport(host: Host, request: FenceExportRequest, call: Call): Promise<Export> {
  const { nqn, partitionUUID } = door.exportName('nqn', request.nqn);
  return host.locks.run(lockKeys.partition(partitionUUID), call, async () => {
    await host.nvmet.edit(call, () => fence(host, nqn));
    const after = await readExport(host, nqn);
    if (!after) throw new HostError('NotFound', `this node has no export ${nqn}`);
    return after;
  });
}

/** Moves the namespace to the group that is inaccessible. Requests that are with the drive already are not held. */
async function fence({ nvmet }: Host, nqn: string): Promise<void> {
  if (await nvmet.has(namespace(nqn))) await nvmet.set(`${namespace(nqn)}/ana_grpid`, fencedGroup);
}

/**
 * Disabling the namespace is what makes success a promise: the kernel returns from it only when the last request
 * has come back from the drive, and it takes no more. Where a drive hangs it takes as long, in a process.
 */
export async function removeExport(host: Host, request: RemoveExportRequest, call: Call): Promise<object> {
  const { nqn, partitionUUID } = door.exportName('nqn', request.nqn);
  return host.locks.run(lockKeys.partition(partitionUUID), call, async () => {
    if (await host.nvmet.has(subsystem(nqn))) await host.nvmet.edit(call, () => takeDown(host, nqn, call));
    return {};
  });
}

async function takeDown(host: Host, nqn: string, call: Call): Promise<void> {
  const { nvmet } = host;
  await fence(host, nqn);
  const enabled = (await nvmet.text(`${namespace(nqn)}/enable`)) === '1';
  if (enabled) await writeAttribute(host, nvmet.path(`${namespace(nqn)}/enable`), '0', call);
  for (const { id, nqns } of await readPorts(host)) {
    if (nqns.includes(nqn)) await nvmet.unlink(`ports/${id}/subsystems/${nqn}`);
  }
  const hosts = await nvmet.list(`${subsystem(nqn)}/allowed_hosts`);
  for (const name of hosts) await nvmet.unlink(`${subsystem(nqn)}/allowed_hosts/${name}`);
  // Removing waits for connections that are being ended.
  for (const folder of [namespace(nqn), subsystem(nqn)]) {
    if (await nvmet.has(folder)) await host.exec.run(['rmdir', '--', nvmet.path(folder)], { call });
  }
  for (const name of hosts) await nvmet.removeUnused(`hosts/${name}`);
}
