import { claims, claimsOf, persistentVolumes, pods } from '../../../src/sim/kubernetes/kinds';
import { targetPath } from '../../../src/sim/kubernetes/kubelet/paths';
import type { KubeClient } from '../../../src/runtime/kube/client';
import type { Lab, LabNode } from '../../lab';
import type { PodVolume } from '../../integration/suite/world';

export interface Place {
  readonly node: LabNode;
  /** Of the folder or device that the pod was given. */
  readonly path: string;
  readonly isBlock: boolean;
}

/** Where a running pod has its volume. */
export async function placeOf(lab: Lab, kube: KubeClient, podName: string, namespace = 'default'): Promise<Place> {
  const pod = await kube.get(pods, podName, namespace);
  const [claimName] = pod ? claimsOf(pod) : [];
  const claim = await kube.get(claims, claimName ?? '', namespace);
  const volume = await kube.get(persistentVolumes, claim?.spec.volumeName ?? '');
  if (!pod?.spec.nodeName || !volume) throw new Error(`pod ${namespace}/${podName} has no volume yet`);
  const node = lab.node(pod.spec.nodeName);
  return { node, path: targetPath(volume, pod), isBlock: volume.spec.volumeMode === 'Block' };
}

const blockBytes = 4096;

/** A process of its own for each access, as a command in the pod would be. Block devices are used in blocks of 4 KiB. */
export function podVolume(place: () => Promise<Place>): PodVolume {
  return {
    async write(at, text) {
      const { node, path, isBlock } = await place();
      const stdin = isBlock ? block(text) : text;
      await node.must(isBlock ? `dd of='${path}' ${blockFlags('seek', at)}` : write(`${path}/file-${at}`), { stdin });
    },
    async read(at) {
      const { node, path, isBlock } = await place();
      const file = `${path}/file-${at}`;
      const text = await node.must(
        isBlock
          ? `dd if='${path}' iflag=direct bs=${blockBytes} skip=${at} count=1 status=none | tr -d '\\0'`
          : `if [ -e '${file}' ]; then cat '${file}'; fi`,
      );
      return text;
    },
  };
}

const write = (file: string) => `cat > '${file}'; sync '${file}'`;

const blockFlags = (skip: string, at: number) =>
  `bs=${blockBytes} ${skip}=${at} oflag=direct iflag=fullblock conv=notrunc,nocreat,fsync status=none`;

function block(text: string): Buffer {
  const whole = Buffer.alloc(blockBytes);
  if (whole.write(text) < Buffer.byteLength(text)) throw new Error(`"${text}" does not fit into a block`);
  return whole;
}
