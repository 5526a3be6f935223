import { exportNQN, hostIdentity, namespaceUUID, parseExportNQN, partitionLabel } from '../../api/identity';
import type { MeshStorPartition } from '../../api/model';
import { cacheSession } from '../../api/volume';
import type { CreatePartitionRequest, Endpoint, Export, Partition } from '../../host/gen/host';

/** What the node can do with one of its partitions; act.ts has one entry per verb. */
export type Verbs = {
  create: { readonly request: CreatePartitionRequest };
  /** The export's own NQN; fenced before it is removed. */
  unexport: { readonly nqn: string };
  export: { readonly wanted: WantedExport };
  wipe: { readonly offset: number };
  deleteEntry: object;
  /** Of one that was never made: what attempts to make it left. */
  deleteBegun: object;
  dropFinalizer: object;
};
export type Action = { [V in keyof Verbs]: { readonly verb: V } & Readonly<Verbs[V]> }[keyof Verbs];

export interface WantedExport {
  readonly nqn: string;
  readonly namespaceUUID: string;
  readonly hostNQNs: readonly string[];
  readonly endpoint: Endpoint;
  /** The one session of the drive that it may be made in, where its cache does not outlive one (cacheSession). */
  readonly driveSession: string | undefined;
}

/** Why nothing can be done before something else changes; becomes the condition Ready=False. */
export interface Obstacle {
  readonly reason: string;
  readonly message: string;
}

export interface View {
  readonly partition: MeshStorPartition;
  readonly nodeName: string;
  readonly found: Found;
  /** Where this node serves exports; undefined while its address is unknown. */
  readonly endpoint: Endpoint | undefined;
  /** Why a partition that is being deleted must still be kept, and served as before; only looked at then. */
  readonly keep: Obstacle | undefined;
  readonly wiped: boolean;
  /** This pass made it, whatever became of its drive since. */
  readonly made: boolean;
  /** The export of a partition that is not there any more was ended. */
  readonly unserved: boolean;
}

/** The partition on this node's drives. */
export type Found =
  | { readonly state: 'present'; readonly partition: Partition }
  /** Every drive was read, the planned one among them, and none has it. */
  | { readonly state: 'absent' }
  /** Every drive was read, but the planned one is not among them. */
  | { readonly state: 'driveGone' }
  | { readonly state: 'unreadable'; readonly why: string };

export interface Decision {
  readonly rule: string | undefined;
  readonly actions: readonly Action[];
  readonly obstacle?: Obstacle;
  /** Every wish of the spec is carried out, so that its epoch can be confirmed (P7). */
  readonly settled: boolean;
}

/** The next step for one partition. Pure; the first rule with work wins. docs/design/partition.md. */
export function decide(view: View): Decision {
  const { partition, found, keep } = view;
  if (found.state === 'unreadable') return stop('P2', 'DriveUnreadable', found.why);
  if (partition.metadata.deletionTimestamp !== undefined && !keep) return release(view);
  const decision = found.state === 'present' ? serve(view, found.partition) : make(view, found.state);
  return keep && decision.settled ? { ...stop('P1', keep.reason, keep.message), settled: true } : decision;
}

const stop = (rule: string, reason: string, message: string): Decision => ({
  rule,
  actions: [],
  obstacle: { reason, message },
  settled: false,
});
const step = (rule: string, ...actions: Action[]): Decision => ({ rule, actions, settled: false });
const done: Decision = { rule: undefined, actions: [], settled: true };

/** Whether it ever was on the drive: only then can it hold anything. */
const wasMade = ({ partition, made }: View): boolean => made || partition.status?.partitionUUID !== undefined;

/**
 * A connection to a partition that is not there any more stays live, and whoever writes through it waits for ever.
 * Its end is what tells the owner that the member is lost; and one that comes back is served from its new device.
 */
function endService(rule: string, view: View): Decision | undefined {
  const { partition, unserved } = view;
  const { state, nqn, epoch } = partition.status?.export ?? {};
  // One of an epoch that is not confirmed may have been made all the same.
  const possible = [state === 'Serving' && nqn, epoch !== partition.spec.epoch && wantedNQN(view)];
  const nqns = new Set(possible.filter((one) => typeof one === 'string'));
  if (unserved || nqns.size === 0) return undefined;
  return step(rule, ...[...nqns].map((one): Action => ({ verb: 'unexport', nqn: one })));
}

/** P1: from the outside in: nobody can reach it, nobody holds it, nothing is left in it, it is gone. */
function release(view: View): Decision {
  const { partition, found, wiped } = view;
  if (found.state === 'driveGone' && wasMade(view)) {
    const { device, deviceID } = partition.spec;
    const message = `The drive ${device} (${deviceID}) is not in this node. Its content cannot be erased; put it back, or remove the finalizer to give it up.`;
    return endService('P1', view) ?? stop('P1', 'DriveGone', message);
  }
  if (found.state === 'absent' && !wasMade(view)) {
    return step('P1', { verb: 'deleteBegun' }, { verb: 'dropFinalizer' });
  }
  if (found.state !== 'present') return step('P1', { verb: 'dropFinalizer' });
  const { exports, heldByVolumeUid } = found.partition;
  if (exports.length > 0) return step('P1', ...exports.map(({ nqn }): Action => ({ verb: 'unexport', nqn })));
  if (heldByVolumeUid) return stop('P1', 'HeldLocally', 'The array of this node still holds it.');
  if (!wiped) return step('P1', { verb: 'wipe', offset: partition.status?.wipe?.bytesDone ?? 0 });
  return step('P1', { verb: 'deleteEntry' });
}

/** P2: made once. One that was there before and is not any more is a loss, never made anew. */
function make(view: View, state: 'absent' | 'driveGone'): Decision {
  const { partition } = view;
  const { spec } = partition;
  const drive = `${spec.device} (${spec.deviceID})`;
  if (wasMade(view)) {
    const message =
      state === 'driveGone'
        ? `The drive ${drive} is not in this node any more.`
        : `The drive ${drive} does not have the partition any more. It is not made anew: its content is lost.`;
    return endService('P2', view) ?? stop('P2', state === 'driveGone' ? 'DriveGone' : 'PartitionLost', message);
  }
  if (state === 'driveGone') return stop('P2', 'DriveNotFound', `The drive ${drive} is not in this node.`);
  const request = {
    uuid: spec.partitionUUID,
    driveId: spec.deviceID,
    label: partitionLabel(spec.volumeUID),
    sizeBytes: spec.sizeBytes,
  };
  return step('P2', { verb: 'create', request });
}

function serve(view: View, { exports, heldByVolumeUid }: Partition): Decision {
  const { spec } = view.partition;
  const epochs = new Map(exports.map(({ nqn }) => [nqn, parseExportNQN(nqn)?.epoch ?? 0]));
  if ([...epochs.values()].some((epoch) => epoch > spec.epoch)) {
    return stop('P3', 'StaleView', 'An export of a later epoch exists; waiting to see the object that asked for it.');
  }
  const wanted = wantedExport(view);
  const unwanted = exports.filter(({ nqn }) => nqn !== wantedNQN(view));
  // P3: an earlier owner loses its access before the next one is served. P6: nobody is served at all.
  if (unwanted.length > 0) {
    const rule = unwanted.some(({ nqn }) => epochs.get(nqn) !== spec.epoch) ? 'P3' : 'P6';
    return step(rule, ...unwanted.map(({ nqn }): Action => ({ verb: 'unexport', nqn })));
  }
  if ((spec.importers ?? []).length === 0) return done;
  if (!wanted) {
    return stop(
      'P5',
      'NoAddress',
      `Node ${view.nodeName} has no InternalIP and no annotation with its NVMe-oF address.`,
    );
  }
  if (exports.some((present) => isSame(present, wanted))) return done;
  if (heldByVolumeUid)
    return stop('P4', 'HeldLocally', 'The array of this node still holds it; it is not exported before.');
  return step('P5', { verb: 'export', wanted });
}

/** The name of the one export that spec asks for, wherever it is served; undefined for none. */
function wantedNQN(view: View): string | undefined {
  const { volumeUID, partitionUUID, epoch, importers = [] } = view.partition.spec;
  return importers.length > 0 ? exportNQN(volumeUID, partitionUUID, epoch, sessionIn(view)) : undefined;
}

const sessionIn = ({ partition, found }: View): string | undefined =>
  cacheSession(found.state === 'present' ? found.partition : (partition.status ?? {}));

/**
 * The one export that spec asks for; undefined for none, and while nobody knows where to serve it. One that is
 * served stays where it is until this node has an address again: not to know it is no reason to end it.
 */
export function wantedExport(view: View): WantedExport | undefined {
  const { partitionUUID, epoch, importers = [] } = view.partition.spec;
  const nqn = wantedNQN(view);
  const present = view.found.state === 'present' ? view.found.partition.exports : [];
  const endpoint = view.endpoint ?? present.find((one) => one.nqn === nqn)?.endpoint;
  if (nqn === undefined || !endpoint) return undefined;
  return {
    nqn,
    namespaceUUID: namespaceUUID(partitionUUID, epoch),
    hostNQNs: importers.map((node) => hostIdentity(node).hostNQN).sort(),
    endpoint,
    driveSession: sessionIn(view),
  };
}

function isSame(present: Export, wanted: WantedExport): boolean {
  const { endpoint } = present;
  return (
    present.nqn === wanted.nqn &&
    !present.fenced &&
    present.namespaceUuid === wanted.namespaceUUID &&
    JSON.stringify([...present.hostNqns].sort()) === JSON.stringify(wanted.hostNQNs) &&
    endpoint?.transport === wanted.endpoint.transport &&
    endpoint.address === wanted.endpoint.address &&
    endpoint.port === wanted.endpoint.port
  );
}
