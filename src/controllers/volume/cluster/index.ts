import { conditionTypes } from '../../../api/conditions';
import type { Condition } from '../../../api/meta';
import type { MeshStorVolume } from '../../../api/model';
import { volumes as volumeResource } from '../../../api/resources';
import { conditionOf } from '../../../api/volume';
import { timestamp } from '../../../runtime/clock';
import type { KubeClient } from '../../../runtime/kube/client';
import { settled, wait, type Outcome, type Pass, type Reconciler } from '../../../runtime/reconciler';
import type { EventSink } from '../../event-sink';
import { defaultPace, firstRecordSettles, Pace, type PaceOptions } from '../pace';
import { act, type Hands } from './act';
import { changeOf } from './change';
import { decide, type Decision, type Verbs } from './decide';
import { fieldManager } from './make-partition';
import { noLocalSpace } from './local-copy';
import { isOverdue } from './moves';
import { observe, type Eyes } from './observe';
import { statusOf } from './report';
import { handoverPatienceMs, wasCreated, type View } from './view';

export interface ClusterVolumeDeps extends Eyes {
  readonly kube: KubeClient;
  readonly events: EventSink;
  readonly pace?: PaceOptions;
}

/** How soon room is looked for again; free space comes back without an event of the volume's own. */
const placementRetryMs = 10_000;
/** The same for a copy beside the consumer, which is only a comfort. */
const localSpaceRetryMs = 60_000;
/**
 * While the owner's node builds the array, it collects for some settles and then writes what calls for a write here
 * anyway. Waiting for longer leaves one write of the two that would collide.
 */
const settlesWhileBuilt = firstRecordSettles + 2;

/** The cluster half of the volume reconciler (docs/design/volume.md). Keys are volume names. */
export class ClusterVolumeReconciler implements Reconciler {
  readonly name = 'volume-cluster';
  readonly #pace: Pace;
  /** Since when an attachment elsewhere waits for the former owner. A restart starts it anew. */
  readonly #handoverSince = new Map<string, number>();

  constructor(private readonly deps: ClusterVolumeDeps) {
    this.#pace = new Pace(deps.clock, deps.pace ?? defaultPace);
  }

  async reconcile(key: string, pass: Pass): Promise<Outcome> {
    const volume = this.deps.volumes.get(key);
    if (!volume) {
      this.#pace.forget(key);
      this.#handoverSince.delete(key);
      this.deps.promises.forget(key);
      return settled;
    }
    let view = observe(this.deps, volume, this.#isOverdue(volume));
    const decision = decide(view);
    // Most passes find nothing: what is said about them costs more than they do.
    if (decision.rule)
      pass.log.debug('decided', { rule: decision.rule, verbs: decision.actions.map(({ verb }) => verb) });
    if (decision.actions.some(({ verb }) => verb === 'dropFinalizer')) {
      await this.#carryOut(view, decision);
      return settled;
    }
    let failure: unknown;
    try {
      view = { ...view, volume: (await this.#carryOut(view, decision)) ?? volume };
    } catch (error) {
      failure = error;
    }
    const outcome = await this.#report(key, view, decision);
    if (failure) throw failure as Error;
    return outcome;
  }

  /** Independent steps at once, the owner last. The volume as the last write left it, if there was one. */
  async #carryOut(view: View, { actions }: Decision): Promise<MeshStorVolume | undefined> {
    const hands: Hands = { ...this.deps, view, grant: (owner) => this.#grant(view, owner) };
    const before = actions.filter(({ verb }) => verb !== 'grant');
    let written: MeshStorVolume | undefined;
    for (const result of await Promise.all(before.map((action) => act(hands, action)))) written = result ?? written;
    for (const action of actions.filter(({ verb }) => verb === 'grant')) written = await act(hands, action);
    return written;
  }

  async #grant(view: View, owner: Verbs['grant']['owner']): Promise<MeshStorVolume> {
    const written = await this.#write(view, { rule: undefined, actions: [] }, owner);
    const before = view.volume.status?.owner;
    if (before?.epoch !== owner.epoch) {
      const note = `${owner.nodeName} owns the volume under epoch ${owner.epoch}${before ? ` (before: ${before.nodeName})` : ''}.`;
      this.deps.events.record(view.volume, 'Normal', 'OwnerChanged', note);
    }
    this.#handoverSince.delete(view.volume.metadata.name);
    return written;
  }

  /** Fails with a conflict when anybody wrote the volume since it was seen; the next pass sees what. */
  #write(view: View, decision: Decision, granted?: Verbs['grant']['owner']): Promise<MeshStorVolume> {
    const { name, resourceVersion } = view.volume.metadata;
    const status = statusOf(view, decision, timestamp(this.deps.clock), granted);
    const body = { metadata: { name, resourceVersion }, status };
    return this.deps.kube.apply(volumeResource, body, { fieldManager, force: true, subresource: 'status' });
  }

  async #report(key: string, view: View, decision: Decision): Promise<Outcome> {
    const status = statusOf(view, decision, timestamp(this.deps.clock));
    const change = changeOf(view.volume, status);
    const beingBuilt = !wasCreated(view) && view.volume.status?.owner !== undefined && !decision.refusal;
    const delay = this.#pace.delay(key, change, beingBuilt ? settlesWhileBuilt : 1);
    if (change !== 'none' && delay === 0) {
      await this.#write(view, decision);
      this.#pace.written(key);
      this.#announce(view.volume, decision, status.conditions);
    }
    if (delay > 0) return wait(delay, 'changes to collect');
    if (decision.unfit !== undefined) return wait(localSpaceRetryMs, 'a node that can run the volume');
    if (decision.awaitingHandover) return wait(handoverPatienceMs, 'the former owner to stop');
    if (decision.refusal) return wait(placementRetryMs, decision.refusal.reason);
    if (status.conditions.some(({ reason }) => reason === noLocalSpace)) return wait(localSpaceRetryMs, noLocalSpace);
    return nextAbsence(view);
  }

  /** An event once per change of reason. */
  #announce(volume: MeshStorVolume, { refusal, awaitingHandover }: Decision, now: readonly Condition[]): void {
    const reasonOf = (type: string) => conditionOf(volume, type)?.reason;
    if (refusal && reasonOf(conditionTypes.provisioned) !== refusal.reason) {
      this.deps.events.record(volume, 'Warning', refusal.reason, refusal.message);
    }
    if (awaitingHandover && reasonOf(conditionTypes.attached) !== 'WaitingForRelease') {
      const note = `${volume.status?.owner?.nodeName} has to stop the array before ${volume.spec.nodeName} can use it.`;
      this.deps.events.record(volume, 'Normal', 'WaitingForRelease', note);
    }
    for (const { type, reason, message } of now.filter(isWarning)) {
      if (reasonOf(type) !== reason) this.deps.events.record(volume, 'Warning', reason, message);
    }
  }

  #isOverdue(volume: MeshStorVolume): boolean {
    const { name } = volume.metadata;
    const owner = volume.status?.owner?.nodeName;
    if (!volume.spec.nodeName || !owner || volume.spec.nodeName === owner) {
      this.#handoverSince.delete(name);
      return false;
    }
    const now = this.deps.clock.now();
    const since = this.#handoverSince.get(name) ?? now;
    this.#handoverSince.set(name, since);
    return now - since >= handoverPatienceMs;
  }
}

/** Whether a person may have to act on it. */
function isWarning({ type, status, reason }: Condition): boolean {
  if (type === conditionTypes.replacementBlocked) return status === 'True';
  // What is only under way is not refused; an invalid spec is told of as a refusal.
  if (type === conditionTypes.specApplied) return status === 'False' && !['Scaling', 'InvalidSpec'].includes(reason);
  return reason === noLocalSpace || reason === 'NodeUnfit';
}

/** When a member that is away has to be looked at again. */
function nextAbsence({ absences }: View): Outcome {
  const pending = absences.filter((absence) => !isOverdue(absence));
  if (pending.length === 0) return settled;
  // When its time is over it shows what keeps it from being replaced, and is looked at again when that may end.
  const ms = pending.map(({ dueMs, heldMs }) => dueMs || heldMs || placementRetryMs);
  return wait(Math.min(...ms), 'a missing member to return');
}
