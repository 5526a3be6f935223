import { HostError, isHostError } from '../../errors';
import { ImportState, Transport, type ConnectRequest, type Endpoint, type Import } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { CommandError } from '../exec';
import { lockKeys, type Host } from '../host';
import { writeAttribute } from '../raw';
import { endConnection } from './disconnect';
import { findController, namespaceDevice, otherNamespace, toImport, type Controller } from './connections';

/**
 * How a connection behaves when its provider is gone; measured on 6.12 with nvme-cli 2.13.
 *
 * keep-alive-tmo 2: the controller leaves `live` about 2.3 s after a cut. One second less would make a busy
 * provider look dead.
 * fast_io_fail_tmo 1: one second later waiting I/O goes up as an error to the member's map, which holds it. 0
 * would be right too, but nvme-cli leaves a 0 out, and then native multipath holds the I/O for as long as the
 * kernel reconnects (627 s and more were seen) and neither the map nor anybody else learns of it.
 * ctrl-loss-tmo -1: the kernel never gives up by itself; whether a member is lost is not a timer's decision.
 * reconnect-delay 5: short enough for a provider that reboots; and a disconnect has to wait for an attempt that
 * is under way (about 3 s when nothing answers), so that attempts should be rare.
 */
const behaviour = ['--ctrl-loss-tmo=-1', '--fast_io_fail_tmo=1', '--reconnect-delay=5', '--keep-alive-tmo=2'];
const fastIoFail = '1';

/** Left of the deadline when waiting for a lost connection ends, so that the answer says what was waited for. */
const answerMs = 200;

export async function connect(host: Host, request: ConnectRequest, call: Call): Promise<Import> {
  const { nqn } = checkName(request);
  const endpoint = door.endpoint(request.endpoint);
  const identity = [
    `--hostnqn=${door.hostNQN('host_nqn', request.hostNqn)}`,
    `--hostid=${door.uuid('host_id', request.hostId)}`,
  ];
  await host.autoAssembly.require(call);
  host.expectedNamespace.set(nqn, request.namespaceUuid);
  return host.locks.run(lockKeys.import(nqn), call, async () => {
    const before = await findController(host, nqn);
    const kept = before && (await settle(host, before, endpoint, call));
    if (!kept) await open(host, nqn, endpoint, identity, call);
    return appear(host, nqn, call);
  });
}

function checkName({ volume, nqn, namespaceUuid }: ConnectRequest): door.ExportName {
  const { uid } = door.volume(volume);
  const name = door.exportName('nqn', nqn);
  if (name.volumeUID !== uid)
    throw new HostError('Invalid', `${nqn} is an export of volume ${name.volumeUID}, not ${uid}`);
  door.uuid('namespace_uuid', namespaceUuid);
  return name;
}

/** A connection that is there already: whether it can be used, after waiting for the kernel to mend it. */
async function settle(host: Host, before: Controller, endpoint: Endpoint, call: Call): Promise<boolean> {
  let last = before;
  const look = async () => {
    const now = await findController(host, before.nqn);
    if (now) last = now;
    return !now || now.state === 'live' ? { now } : undefined;
  };
  if (before.state !== 'live' && !before.state.startsWith('deleting') && !leadsTo(before, endpoint)) {
    // The provider is somewhere else by now.
    await endConnection(host, before.nqn, call);
    return false;
  }
  const result = await call.poll(Math.max(0, call.left() - answerMs), 100, look);
  if (result) return result.now !== undefined;
  throw new HostError('Unreachable', `${before.nqn}: the connection to ${before.address} is ${last.state}`);
}

const leadsTo = ({ address }: Controller, endpoint: Endpoint): boolean => {
  const parts = address.split(',');
  return parts.includes(`traddr=${endpoint.address}`) && parts.includes(`trsvcid=${endpoint.port}`);
};

async function open(host: Host, nqn: string, to: Endpoint, identity: readonly string[], call: Call): Promise<void> {
  const { address, port, transport } = to;
  const where = [
    `--transport=${transport === Transport.RDMA ? 'rdma' : 'tcp'}`,
    `--traddr=${address}`,
    `--trsvcid=${port}`,
  ];
  const argv = [
    'nvme',
    'connect',
    ...where,
    `--nqn=${nqn}`,
    ...identity,
    ...behaviour,
    `--nr-io-queues=${host.ioQueues}`,
  ];
  try {
    await host.exec.run(argv as [string, ...string[]], { call });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.stderr.includes('already connected')) return;
    const why = error.stderr.trim().split('\n').at(-1) ?? '';
    throw new HostError('Unreachable', `cannot connect ${nqn} at ${address}:${port}: ${why}${hint(why)}`, {
      cause: error,
    });
  }
}

/** The kernel's message for a refusal tells nobody anything. */
const hint = (why: string): string =>
  why.includes('nvme-fabrics device')
    ? ' (no answer, or the provider does not have this export, or not for this host; see the kernel log)'
    : '';

/** Waits for the namespace's block device. The connection stays, whatever comes. */
async function appear(host: Host, nqn: string, call: Call): Promise<Import> {
  let last: Controller | undefined;
  const look = async () => {
    const controller = await findController(host, nqn);
    if (!controller) throw new HostError('Unreachable', `${nqn}: the provider ended the connection`);
    last = controller;
    await requireFastFailure(host, controller, call);
    return (await namespaceDevice(host, controller)) ? controller : undefined;
  };
  try {
    const found = await call.poll(Math.max(0, call.left() - answerMs), 50, look);
    if (found) return await toImport(host, found);
  } catch (error) {
    if (!isHostError(error, 'Timeout')) throw error;
  }
  throw new HostError('Timeout', `${nqn} is connected, but ${await whatIsMissing(host, last)}`);
}

/** A connection that somebody else made, or an nvme-cli that leaves the option out. */
async function requireFastFailure(host: Host, { name }: Controller, call: Call): Promise<void> {
  const attribute = `class/nvme/${name}/fast_io_fail_tmo`;
  const value = await host.sysfs.text(attribute);
  if (value !== 'off' && value !== '-1') return;
  await writeAttribute(host, `${host.paths.sys}/${attribute}`, fastIoFail, call);
}

async function whatIsMissing(host: Host, controller: Controller | undefined): Promise<string> {
  if (!controller) return 'nothing is known of it';
  const { state } = await toImport(host, controller);
  if (state === ImportState.FENCED) return 'its provider holds its namespace fenced';
  const other = await otherNamespace(host, controller);
  return other !== undefined
    ? `it shows namespace ${other} instead of ${controller.namespaceUUID}`
    : `namespace ${controller.namespaceUUID} did not appear`;
}
