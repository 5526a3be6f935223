import { namespaceUUID } from '../../../api/identity';
import { HostError } from '../../errors';
import {
  ImportState,
  type ConnectRequest,
  type DisconnectRequest,
  type DisconnectResponse,
  type Import,
} from '../../gen/host';
import { KernelError } from '../kernel/errno';
import type { NvmeController } from '../kernel/nvme/controller';
import type { ImportedNamespace } from '../kernel/nvme/namespace';
import type { Call } from './call';
import { meaning } from './errors';
import type { Host } from './host';
import { invalid, requireEndpoint, requireExportNQN, requireHostNQN, requireUUID, requireVolume } from './validate';

export async function connect(host: Host, request: ConnectRequest, call: Call): Promise<Import> {
  const volume = requireVolume(request.volume);
  const { nqn, namespaceUuid, hostNqn } = request;
  if (requireExportNQN(nqn).volumeUID !== volume.uid) invalid(`NQN ${nqn} is not one of volume ${volume.uid}`);
  requireUUID('namespace', namespaceUuid);
  requireHostNQN('host', hostNqn);
  requireUUID('host id', request.hostId);
  const address = requireEndpoint(request.endpoint);
  if (address.transport === 'rdma' && !host.facts.rdma) invalid(`node ${host.node} has no RDMA`);
  host.memory.expected.set(nqn, namespaceUuid);
  const { imports } = host.kernel;
  if (!imports.find(nqn)) {
    await meaning('connect', { EINVAL: 'Unreachable' }, () =>
      call.wait<NvmeController>(`connecting ${nqn}`, (done) =>
        imports.connect({ nqn, hostNQN: hostNqn, address }, (error, controller) =>
          error?.code === 'EALREADY' ? done(undefined, imports.find(nqn)) : done(error, controller),
        ),
      ),
    );
  }
  await waitForNamespace(host, nqn, namespaceUuid, call);
  return importMessage(host, imports.find(nqn)!);
}

export async function disconnect(host: Host, { nqn }: DisconnectRequest, call: Call): Promise<DisconnectResponse> {
  requireExportNQN(nqn);
  await call.wait(`disconnecting ${nqn}`, (done) => host.kernel.imports.disconnect(nqn, done));
  host.memory.expected.delete(nqn);
  return {};
}

/** The block device of an import that can be used now. NotFound: no such import. Unreachable: not live. */
export function usableNamespace(host: Host, nqn: string, uuid: string): ImportedNamespace {
  const controller = host.kernel.imports.find(nqn);
  if (!controller) throw new HostError('NotFound', `node ${host.node} has no import ${nqn}`);
  const { namespace, state } = controller;
  if (state !== 'live' || namespace?.uuid !== uuid || namespace.fenced) {
    throw new HostError('Unreachable', `import ${nqn} is ${importMessage(host, controller).state}, not live`);
  }
  return namespace;
}

export function importMessage(host: Host, controller: NvmeController): Import {
  const { nqn } = controller.spec;
  const { partitionUUID, epoch } = requireExportNQN(nqn);
  const expected = host.memory.expected.get(nqn) ?? namespaceUUID(partitionUUID, epoch);
  return { nqn, namespaceUuid: expected, state: stateOf(controller, expected) };
}

function stateOf({ state, shown }: NvmeController, expected: string): ImportState {
  if (state !== 'live') return ImportState.CONNECTING;
  if (shown?.uuid !== expected) return ImportState.EMPTY;
  return shown.fenced ? ImportState.FENCED : ImportState.LIVE;
}

async function waitForNamespace({ kernel }: Host, nqn: string, uuid: string, call: Call): Promise<void> {
  await meaning('connect', { ECONNREFUSED: 'Unreachable' }, () =>
    call.wait(`waiting for namespace ${uuid} of ${nqn}`, (done) => {
      const verdict = (): KernelError | 'there' | 'not yet' => {
        const controller = kernel.imports.find(nqn);
        if (!controller) return new KernelError('ECONNREFUSED', `the connection to ${nqn} ended`);
        const { state, namespace } = controller;
        return state === 'live' && namespace?.uuid === uuid && !namespace.fenced ? 'there' : 'not yet';
      };
      const look = () => {
        const now = verdict();
        if (now === 'not yet') return;
        stop();
        done(now === 'there' ? undefined : now);
      };
      const stop = kernel.listen(look);
      look();
      return stop;
    }),
  );
}
