import type { Owner } from '../../../api/model';
import { isFinished } from '../../migration/view';
import type { Verdict } from '../../../runtime/conditions';
import type { Move } from './moves';
import { lackingHere, type PlacementRequest } from './placement';
import { copiesOf, live, type View } from './view';

/** The consumer's node gets a copy, in exchange for the one it left, where there is room. */
export function following(view: View): Move | undefined {
  const { volume } = view;
  const owner = volume.status!.owner!;
  if (owner.purpose !== 'Attach' || !volume.spec.followConsumer) return undefined;
  const copies = copiesOf(view);
  if (copies.includes(owner.nodeName) || lackOn(view, owner.nodeName) !== undefined) return undefined;
  const pinned = new Set((volume.spec.placement ?? []).map(({ nodeName }) => nodeName));
  const free = copies.filter((node) => !pinned.has(node));
  const source = free.find((node) => node === owner.formerNodeName) ?? free.at(-1);
  if (source === undefined) return undefined;
  return { reason: 'ConsumerDrain', source: { nodeName: source }, target: { nodeName: owner.nodeName } };
}

/** What the node lacks for a copy, in words; undefined: nothing. */
function lackOn(view: View, nodeName: string): string | undefined {
  const { candidates } = view;
  const { drivesPerCopy, partitionBytes } = view.layout;
  const [first] = live(view);
  const sectorSize = candidates.find(({ deviceID }) => deviceID === first?.spec.deviceID)?.sectorSize;
  const request = { copies: 1, drivesPerCopy, partitionBytes, sectorSize, zones: [], chosen: [{ nodeName }] };
  return lackingHere(
    { ...request, preferredNode: undefined } satisfies PlacementRequest,
    candidates.filter((candidate) => candidate.nodeName === nodeName),
  );
}

/** LocalCopy=False: nothing fits on the consumer's node. */
export const noLocalSpace = 'NoLocalSpace';

/** LocalCopy: whether the consumer reads on its own node, and if not, why. Undefined while there is no consumer. */
export function localCopy(view: View, owner: Owner | undefined): Verdict | undefined {
  const { volume, migrations } = view;
  if (owner?.purpose !== 'Attach' || volume.spec.nodeName !== owner.nodeName) return undefined;
  if (volume.metadata.deletionTimestamp !== undefined || volume.status?.array?.createdAt === undefined)
    return undefined;
  const { nodeName } = owner;
  const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message });
  const here = live(view).filter(({ spec }) => spec.nodeName === nodeName);
  const recorded = new Set(volume.status.inSync?.map(({ partitionUUID }) => partitionUUID));
  if (here.length > 0) {
    return here.every(({ spec }) => recorded.has(spec.partitionUUID))
      ? { status: 'True', reason: 'InSync', message: `${nodeName} has a copy.` }
      : no('Syncing', `The copy on ${nodeName} is being synchronised.`);
  }
  const crosses = `Every read and write of ${nodeName} crosses the network`;
  if (!volume.spec.followConsumer) return no('NotFollowing', `${crosses}: spec.followConsumer is false.`);
  if (migrations.some((one) => !isFinished(one) && one.spec.reason === 'ConsumerDrain')) {
    return no('Moving', `${crosses} until a copy has followed; kubectl get msmig shows how far it is.`);
  }
  const lack = lackOn(view, nodeName);
  if (lack === undefined) return no('Moving', `${crosses} until a copy has followed, which has to wait its turn.`);
  return no(noLocalSpace, `${crosses}, for no copy can be there: ${lack}. Make room there, or move the pod.`);
}
