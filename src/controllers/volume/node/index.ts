import { conditionTypes } from '../../../api/conditions';
import type { MeshStorPartition, MeshStorVolume } from '../../../api/model';
import { conditionOf } from '../../../api/volume';
import type { HostAgent } from '../../../host/contract';
import { isHostError, type HostErrorKind } from '../../../host/errors';
import type { VolumeRef } from '../../../host/gen/host';
import { timestamp, type Clock } from '../../../runtime/clock';
import type { KubeClient } from '../../../runtime/kube/client';
import type { Lister } from '../../../runtime/lister';
import { settled, wait, type Outcome, type Pass, type Reconciler } from '../../../runtime/reconciler';
import type { EventSink } from '../../event-sink';
import { act, type Hands } from './act';
import type { Action } from './actions';
import { changeOf, isEarly, mayWaitForSync } from './change';
import { Attempts } from './attempts';
import { decide, type Decision } from './decide';
import { isEmpty, observe, type Observation } from './observe';
import { defaultPace, firstRecordSettles, Pace, type PaceOptions } from '../pace';
import { StaleView, VolumeRecord } from './record';
import { statusOf } from './status';
import { defaultSyncBandwidth, SyncBudget } from './sync-budget';
import { isFrozen, isImportFenced, isSynchronising, owned, slotId, startId, stopId, type View } from './view';

export interface NodeVolumeDeps {
  readonly kube: KubeClient;
  readonly host: HostAgent;
  readonly volumes: Lister<MeshStorVolume>;
  readonly partitions: Lister<MeshStorPartition>;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly nodeName: string;
  /** Asks for a pass over a key. */
  readonly enqueue: (key: string) => void;
  readonly pace?: PaceOptions;
  /** Bytes a second that synchronisations on this node get beside other I/O, all together. */
  readonly syncBandwidth?: number;
}

/** Rounds of deciding and acting in one pass. A volume is built in about ten; more is a decision that loops. */
const maxRounds = 40;
/** How soon to look again after deciding on a view that etcd contradicts; by then the watch has caught up. */
const staleRetryMs = 20;
/** Twice as long each time, up to this: the watch that would show it may be away for longer. */
const maxStaleRetryMs = 1_280;
/** How soon a pass is followed by the next that ended for the number of its rounds. */
const roundsRetryMs = 1_000;
/** How soon a fenced owner reads its volume again, should the watch not have told it by then. */
const fencedRereadMs = 5_000;

/** Rules whose actions concern one member each: where one fails, the others and the later rules go on. */
const rulesOfSingleMembers: readonly (string | undefined)[] = ['N3', 'N4', 'N6', 'N10', 'N12', 'N13'];

export const volumeKey = ({ name, uid }: VolumeRef): string => `${name}/${uid}`;

/** The node half of the volume reconciler (docs/design/volume.md). Keys are `name/uid`. */
export class NodeVolumeReconciler implements Reconciler {
  readonly name = 'volume-node';
  readonly #record: VolumeRecord;
  /** Of each volume: what failed for one says nothing about another. */
  readonly #attempts = new Map<string, Attempts>();
  /** How long a volume is left alone when it is seen again as it is not. */
  readonly #stalePatience = new Map<string, number>();
  readonly #pace: Pace;
  readonly #syncBudget: SyncBudget;
  /** Volumes whose array was seen running (View.ran). */
  readonly #ran = new Set<string>();
  readonly #earlySince = new Map<string, number>();
  /** Volumes whose device is being suspended beyond the deadline (View.freezing). */
  readonly #freezing = new Set<string>();
  /** Volumes whose device is suspended because a loss could not be recorded (View.awaitsRecord). */
  readonly #awaitingRecord = new Set<string>();

  constructor(private readonly deps: NodeVolumeDeps) {
    this.#record = new VolumeRecord(deps.kube, deps.nodeName);
    this.#pace = new Pace(deps.clock, deps.pace ?? defaultPace);
    this.#syncBudget = new SyncBudget(deps.clock, deps.syncBandwidth ?? defaultSyncBandwidth, deps.enqueue);
  }

  async reconcile(key: string, pass: Pass): Promise<Outcome> {
    const [name, uid] = key.split('/') as [string, string];
    const patience = this.#stalePatience.get(key) ?? staleRetryMs;
    this.#stalePatience.delete(key);
    try {
      return await this.#pass({ name, uid }, pass);
    } catch (error) {
      if (!(error instanceof StaleView)) throw error;
      this.#stalePatience.set(key, Math.min(2 * patience, maxStaleRetryMs));
      return wait(patience, error.message);
    }
  }

  async #pass(ref: VolumeRef, pass: Pass): Promise<Outcome> {
    let view = await this.#look(ref);
    let failure: Error | undefined;
    let round = 0;
    try {
      for (; round < maxRounds && !pass.signal.aborted; round++) {
        const decision = decide(view);
        if (decision.actions.length === 0) break;
        view = await this.#carryOut(ref, view, decision, pass);
      }
    } catch (error) {
      if (error instanceof StaleView) throw error;
      failure = error instanceof Error ? error : new Error(String(error));
      view = await this.#look(ref);
    }
    const outcome = await this.#report(volumeKey(ref), view, failure);
    if (failure) throw failure;
    return round === maxRounds ? wait(roundsRetryMs, 'more to do') : outcome;
  }

  async #carryOut(ref: VolumeRef, view: View, { rule, actions }: Decision, pass: Pass): Promise<View> {
    const { host, nodeName, clock, enqueue } = this.deps;
    const hands: Hands = {
      host,
      nodeName,
      volume: ref,
      record: this.#record,
      attempts: this.#attemptsOf(volumeKey(ref)),
      now: () => timestamp(clock),
      again: () => enqueue(volumeKey(ref)),
    };
    let written = view.volume;
    for (const action of actions) {
      pass.log.info('act', { rule, volume: ref.name, ...summary(action) });
      try {
        const recorded = await act(hands, view, owned(view), action);
        if (action.verb === 'suspendDevice') this.#awaitingRecord.delete(volumeKey(ref));
        if (action.verb === 'resumeDevice') this.#thawed(volumeKey(ref));
        // A record carries the whole status.
        if (recorded) this.#pace.written(volumeKey(ref));
        written = recorded ?? written;
      } catch (error) {
        if (rule === 'N4' && action.verb === 'record') await this.#freeze(view, hands, error);
        if (!isHostError(error)) throw error;
        if (action.verb === 'suspendDevice' && error.kind === 'Timeout') this.#freezing.add(volumeKey(ref));
        const id = failedAs(rule, action, error.kind);
        if (id === undefined) throw error;
        pass.log.warn('failed', { rule, volume: ref.name, ...summary(action), error: error.message });
        hands.attempts.setAside(id, error, hands.again);
      }
    }
    return this.#look(ref, written);
  }

  /** An owner that must shrink its record and cannot may have been replaced: it answers nobody until it can. */
  async #freeze(view: View, hands: Hands, failure: unknown): Promise<void> {
    if (failure instanceof StaleView || isFrozen(view)) return;
    this.#awaitingRecord.add(volumeKey(hands.volume));
    await act(hands, view, owned(view), { verb: 'suspendDevice' }).catch((error: unknown) => {
      if (!isHostError(error, 'Timeout')) throw error;
      this.#freezing.add(volumeKey(hands.volume));
    });
  }

  #attemptsOf(key: string): Attempts {
    const known = this.#attempts.get(key) ?? new Attempts(this.deps.clock);
    this.#attempts.set(key, known);
    return known;
  }

  #thawed(key: string): void {
    this.#freezing.delete(key);
    this.#awaitingRecord.delete(key);
  }

  /** A written volume is newer than the cache, and is what the next decision rests on. */
  async #look(ref: VolumeRef, written?: MeshStorVolume): Promise<View> {
    const { deps } = this;
    const freezing = this.#freezing.has(volumeKey(ref));
    const seen: Observation = await observe({ ...deps, record: this.#record, written, freezing }, ref);
    const { array, device } = seen.stack;
    if (!device) this.#thawed(volumeKey(ref));
    if (array) this.#ran.add(volumeKey(ref));
    const view: View = {
      ...seen,
      freezing,
      awaitsRecord: this.#awaitingRecord.has(volumeKey(ref)),
      nodeName: deps.nodeName,
      mayDefer: false,
      ran: this.#ran.has(volumeKey(ref)),
      attempts: this.#attemptsOf(volumeKey(ref)).pending(),
      syncShare: this.#syncBudget.share(volumeKey(ref), array !== undefined && isSynchronising(array)),
    };
    return { ...view, mayDefer: this.#mayDefer(volumeKey(ref), view) };
  }

  #mayDefer(key: string, view: View): boolean {
    const mine = owned(view);
    if (!mine?.stack.array || !isEarly(mine)) {
      this.#earlySince.delete(key);
      return false;
    }
    const now = this.deps.clock.now();
    const since = this.#earlySince.get(key) ?? now;
    this.#earlySince.set(key, since);
    return mayWaitForSync(mine, now - since, (this.deps.pace ?? defaultPace).settleMs);
  }

  async #report(key: string, view: View, failure: Error | undefined): Promise<Outcome> {
    const mine = owned(view);
    if (!mine) {
      this.#pace.forget(key);
      this.#ran.delete(key);
      if (this.#attemptsOf(key).pending().size === 0) this.#attempts.delete(key);
      return isEmpty(view.stack) ? settled : wait(fencedRereadMs, 'the former owner to let go');
    }
    const status = statusOf(mine, {}, timestamp(this.deps.clock), failure);
    const change = changeOf(mine, status);
    const delay = this.#pace.delay(key, change, view.mayDefer && !failure ? firstRecordSettles : 1);
    if (change !== 'none' && delay === 0) {
      await this.#record.write(mine.volume, (volume) =>
        statusOf({ ...mine, volume }, {}, timestamp(this.deps.clock), failure),
      );
      this.#pace.written(key);
      this.#announce(mine.volume, status.conditions[0]!);
    }
    if (delay > 0 && !view.mayDefer) return wait(delay, 'changes to collect');
    if (view.mayDefer) return wait((this.deps.pace ?? defaultPace).settleMs, 'the first synchronisation');
    return mine.legs.some(isImportFenced) ? wait(fencedRereadMs, 'the next owner to be named') : settled;
  }

  /** An event once per change of reason, for reasons a person may have to act on. */
  #announce(volume: MeshStorVolume, now: { reason: string; status: string; message: string }): void {
    const before = conditionOf(volume, conditionTypes.arrayReady);
    if (before?.reason === now.reason) return;
    const quiet = ['Assembled', 'Stopped', 'NotFormatted', 'Formatting', 'Assembling', 'NotRecorded'];
    const type = quiet.includes(now.reason) ? 'Normal' : 'Warning';
    this.deps.events.record(volume, type, now.reason, now.message);
  }
}

/** What a failure is remembered under, for the rules to go by it for a moment. Undefined: it ends the pass. */
function failedAs(rule: string | undefined, action: Action, kind: HostErrorKind): string | undefined {
  if (action.verb === 'suspendDevice' && kind === 'Timeout') return 'suspend';
  if (action.verb === 'stopArray' && kind === 'Timeout') return stopId;
  if (action.verb === 'assembleArray' && kind === 'Invalid') return startId(action.members.map(({ slot }) => slot));
  if (!rulesOfSingleMembers.includes(rule)) return undefined;
  if ('nqn' in action) return action.nqn;
  if ('leg' in action) return slotId(action.leg.slot);
  return 'slot' in action ? slotId(action.slot) : undefined;
}

/** An action for a log line: what and on which slot, without the objects it carries. */
function summary(action: { verb: string; slot?: number; leg?: { slot: number } }): object {
  return { verb: action.verb, slot: action.slot ?? action.leg?.slot };
}
