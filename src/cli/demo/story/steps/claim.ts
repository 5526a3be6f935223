import { claimName, podName } from '../kubernetes';
import type { Stage } from '../stage';
import type { Told } from '../teller';

const storageClass = 'meshstor-replicated';

/** A person applies a claim and a pod. */
export async function claim({ kubernetes, scale }: Stage): Promise<Told<void>> {
  await kubernetes.createClaim(scale.claim, storageClass);
  await kubernetes.createPod();
  return {
    value: undefined,
    said: [
      `persistentvolumeclaim/${claimName} (${scale.claim}, class ${storageClass}: two copies) and pod/${podName} applied.`,
    ],
    result: { claim: claimName, pod: podName, size: scale.claim, storageClass },
  };
}
