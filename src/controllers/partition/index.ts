import type { MeshStorPartition, MeshStorPartitionStatus, MeshStorVolume } from '../../api/model';
import { finalizers } from '../../api/names';
import { partitions, volumes } from '../../api/resources';
import { conditionOf } from '../../api/volume';
import { conditionTypes } from '../../api/conditions';
import type { HostAgent } from '../../host/contract';
import { isHostError } from '../../host/errors';
import type { Endpoint } from '../../host/gen/host';
import { timestamp, type Clock } from '../../runtime/clock';
import type { KubeClient } from '../../runtime/kube/client';
import type { Lister } from '../../runtime/lister';
import { settled, wait, type Outcome, type Pass, type Reconciler } from '../../runtime/reconciler';
import type { EventSink } from '../event-sink';
import { sameJSON } from '../../runtime/same-json';
import { decide, type Action, type Found, type Obstacle, type Verbs, type View } from './decide';
import { keepReason } from './keep';
import { statusOf, type Facts } from './report';

export interface PartitionDeps {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly partitions: Lister<MeshStorPartition>;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly nodeName: string;
  /** Where this node serves exports; undefined while that is unknown. */
  readonly endpoint: () => Endpoint | undefined;
}

const fieldManager = 'meshstor-node';
/** Rounds of one pass: create, two exports to end, one to make, wipe, delete. More is a decision that loops. */
const maxRounds = 12;
/** How soon an obstacle is looked at again that no event announces the end of. */
const obstacleRetryMs = 10_000;
/**
 * How much of a wipe one call does: long enough to be efficient, short enough to show progress; and long enough for its
 * last one, which flushes and reads back, on a machine where starting a program takes seconds.
 */
const wipeCallMs = 30_000;
/** Pause between two stretches: other partitions have their turn, and the watch brings the progress. */
const wipePauseMs = 20;

/** What a pass did that cannot be seen afterwards. */
type Done = Pick<View, 'wiped' | 'made' | 'unserved'>;
const nothingDone: Done = { wiped: false, made: false, unserved: false };

/** Reconciles this node's partitions (docs/design/partition.md). Keys are names. */
export class PartitionReconciler implements Reconciler {
  readonly name = 'partition';

  constructor(private readonly deps: PartitionDeps) {}

  async reconcile(key: string, pass: Pass): Promise<Outcome> {
    const partition = this.deps.partitions.get(key);
    if (!partition || partition.spec.nodeName !== this.deps.nodeName) return settled;
    let view = await this.#observe(partition, nothingDone);
    for (let round = 0; round < maxRounds; round++) {
      const decision = decide(view);
      if (decision.actions.length === 0) {
        await this.#report(view, decision);
        return decision.obstacle ? wait(obstacleRetryMs, decision.obstacle.reason) : settled;
      }
      pass.log.info('act', { rule: decision.rule, partition: key, verbs: decision.actions.map(({ verb }) => verb) });
      const next = await this.#carryOut(view, decision.actions);
      if (!next) return settled;
      if (decision.actions.some(({ verb }) => verb === 'wipe') && !next.wiped) {
        return wait(wipePauseMs, 'the rest to be erased');
      }
      view = next;
    }
    throw new Error(`partition ${key} did not settle in ${maxRounds} steps`);
  }

  /** The view afterwards; undefined when the object is on its way out for good. A failure is reported first. */
  async #carryOut(view: View, actions: readonly Action[]): Promise<View | undefined> {
    let { partition, wiped, made, unserved } = view;
    try {
      for (const action of actions) {
        if (action.verb === 'dropFinalizer') {
          await this.#dropFinalizer(partition);
          return undefined;
        }
        if (action.verb === 'wipe') ({ partition, wiped } = await this.#wipe(view, action));
        else partition = await this.#act(view, action);
        made ||= action.verb === 'create';
        if (action.verb === 'unexport') unserved = view.found.state !== 'present';
      }
    } catch (error) {
      if (isHostError(error)) await this.#report(view, { settled: false, obstacle: obstacleOf(error, actions) });
      throw error;
    }
    return this.#observe(partition, { wiped, made, unserved });
  }

  async #act(view: View, action: Exclude<Action, { verb: 'wipe' | 'dropFinalizer' }>): Promise<MeshStorPartition> {
    const { host } = this.deps;
    const { partition } = view;
    const uuid = partition.spec.partitionUUID;
    switch (action.verb) {
      case 'create':
        await host.createPartition(action.request);
        return partition;
      case 'unexport':
        await host.removeExport({ nqn: action.nqn });
        return partition;
      case 'export': {
        const { nqn, namespaceUUID, hostNQNs, endpoint, driveSession = '' } = action.wanted;
        const fresh = await this.#recordSession(view, await this.#confirm(partition));
        await host.applyExport({
          partitionUuid: uuid,
          nqn,
          namespaceUuid: namespaceUUID,
          hostNqns: [...hostNQNs],
          endpoint,
          driveSession,
        });
        return fresh;
      }
      case 'deleteEntry':
        await host.deletePartition({ uuid });
        return partition;
    }
  }

  /** One stretch of erasing, and its progress on record, so that a restart goes on where it was. */
  async #wipe(view: View, { offset }: Verbs['wipe']): Promise<{ partition: MeshStorPartition; wiped: boolean }> {
    const request = { uuid: view.partition.spec.partitionUUID, offsetBytes: offset };
    const { done, offsetBytes } = await this.deps.host.wipePartition(request, { deadlineMs: wipeCallMs });
    if (done) return { partition: view.partition, wiped: true };
    return { partition: await this.#report(view, { settled: false, wipedTo: offsetBytes }), wiped: false };
  }

  /** On record before anybody can reach the partition in it: whoever was away judges by it what the drive may lack. */
  async #recordSession(view: View, partition: MeshStorPartition): Promise<MeshStorPartition> {
    const session = view.found.state === 'present' ? view.found.partition.driveSession : undefined;
    const recorded = partition.status?.driveSession;
    // Nobody was ever away from one that is new.
    if (recorded === undefined || recorded === session) return partition;
    return this.#report({ ...view, partition }, { settled: false });
  }

  /** An export is made for the epoch that etcd has now, never for one that a lagging cache still shows. */
  async #confirm({ metadata, spec }: MeshStorPartition): Promise<MeshStorPartition> {
    const fresh = await this.deps.kube.get(partitions, metadata.name);
    const same = fresh?.metadata.uid === metadata.uid && fresh?.spec.epoch === spec.epoch;
    if (!fresh || !same || !sameJSON(fresh.spec.importers, spec.importers)) {
      throw new Error(`partition ${metadata.name} changed since it was seen; nothing was exported`);
    }
    return fresh;
  }

  async #dropFinalizer({ metadata }: MeshStorPartition): Promise<void> {
    const fresh = await this.deps.kube.get(partitions, metadata.name);
    if (!fresh || fresh.metadata.uid !== metadata.uid) return;
    const list = (fresh.metadata.finalizers ?? []).filter((name) => name !== finalizers.partition);
    const patch = { metadata: { resourceVersion: fresh.metadata.resourceVersion, finalizers: list } };
    await this.deps.kube.patch(partitions, metadata.name, patch, { fieldManager });
  }

  async #observe(partition: MeshStorPartition, done: Done): Promise<View> {
    const deleting = partition.metadata.deletionTimestamp !== undefined;
    return {
      partition,
      nodeName: this.deps.nodeName,
      endpoint: this.deps.endpoint(),
      found: await this.#find(partition),
      keep: deleting ? await this.#keep(partition) : undefined,
      ...done,
    };
  }

  /** What stands against deleting it, by the volume as etcd has it. */
  async #keep(partition: MeshStorPartition): Promise<Obstacle | undefined> {
    const volume: MeshStorVolume | undefined = await this.deps.kube.get(volumes, partition.spec.volumeName);
    return keepReason(partition, volume);
  }

  async #find({ spec }: MeshStorPartition): Promise<Found> {
    try {
      return { state: 'present', partition: await this.deps.host.getPartition({ uuid: spec.partitionUUID }) };
    } catch (error) {
      if (isHostError(error, 'Unreachable')) return { state: 'unreadable', why: error.message };
      if (!isHostError(error, 'NotFound')) throw error;
    }
    const { drives } = await this.deps.host.listDrives({});
    return { state: drives.some(({ id }) => id === spec.deviceID) ? 'absent' : 'driveGone' };
  }

  /** Writes the status if it differs; the partition as it is afterwards. */
  async #report(view: View, facts: Facts): Promise<MeshStorPartition> {
    const { partition } = view;
    const status = statusOf(view, facts, timestamp(this.deps.clock));
    if (sameJSON(partition.status, status)) return partition;
    this.#announce(partition, status);
    const body = { metadata: { name: partition.metadata.name, uid: partition.metadata.uid! }, status };
    return this.deps.kube.apply(partitions, body, { fieldManager, force: true, subresource: 'status' });
  }

  /** An event once per change of what stands in the way. */
  #announce(partition: MeshStorPartition, status: MeshStorPartitionStatus): void {
    const now = status.conditions?.find(({ type }) => type === conditionTypes.ready);
    if (now?.status !== 'False' || ['Pending', 'Deleting'].includes(now.reason)) return;
    if (conditionOf(partition, conditionTypes.ready)?.reason === now.reason) return;
    this.deps.events.record(partition, 'Warning', now.reason, now.message);
  }
}

/** A host's refusal as people should read it; creation has reasons of its own that the controller acts on. */
function obstacleOf(error: { kind: string; message: string }, actions: readonly Action[]): Obstacle {
  const creating = actions.some(({ verb }) => verb === 'create');
  const reason = creating && error.kind === 'NotFound' ? 'DriveNotFound' : error.kind;
  return { reason, message: error.message };
}
