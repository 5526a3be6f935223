import { partitions } from '../../api/resources';
import type { KubeClient } from '../../runtime/kube/client';
import { createPartition } from '../volume/cluster/make-partition';
import type { Promises } from '../volume/cluster/space';
import type { Action, Verbs } from './decide';
import { named, type View } from './view';

export interface Hands {
  readonly kube: KubeClient;
  readonly promises: Promises;
  readonly view: View;
}

type Effect<V extends keyof Verbs> = (hands: Hands, action: Verbs[V]) => Promise<void>;

const effects: { [V in keyof Verbs]: Effect<V> } = {
  createTarget: async (hands, { move }) => {
    const { volume } = hands.view;
    const { nodeName, device, deviceID, slot, source } = move;
    const spot = { nodeName: nodeName!, device: device!, deviceID: deviceID! };
    const replaces = named(hands.view, source)?.spec.partitionUUID;
    const owner = volume!.status!.owner!.nodeName;
    await createPartition(hands, volume!, { slot: slot!, spot, owner, ...(replaces && { replaces }) });
  },
  deletePartition: ({ kube }, { name, uid }) => kube.delete(partitions, name, { uid }),
};

export function act(hands: Hands, action: Action): Promise<void> {
  const effect = effects[action.verb] as Effect<typeof action.verb>;
  return effect(hands, action);
}
