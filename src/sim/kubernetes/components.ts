import type { KubeObject } from '../../api/meta';
import type { EventSink } from '../../controllers/event-sink';
import { Controller } from '../../runtime/controller/controller';
import { watched, type Source } from '../../runtime/controller/source';
import type { Reconciler } from '../../runtime/reconciler';
import { AttachDetach } from './control-plane/attach-detach';
import { ClaimBinder } from './control-plane/binder';
import { Scheduler } from './control-plane/scheduler';
import type { ControllerCalls, NodeCalls } from './csi-calls';
import { keyOf, type Informers, type Surroundings } from './informers';
import { PodWorker } from './kubelet/pods';
import { VolumeManager } from './kubelet/volumes';
import { claimsOf, type Claim, type PersistentVolume, type Pod, type VolumeAttachment } from './kinds';
import { Attacher } from './sidecars/attacher';
import { Provisioner } from './sidecars/provisioner';
import { Reclaimer } from './sidecars/reclaimer';

/** What the simulated components run on. */
export interface World extends Surroundings {
  readonly informers: Informers;
  readonly events: EventSink;
}

/** What kube-controller-manager and kube-scheduler do. Only for an API server that comes without them. */
export function controlPlane(world: World): Controller[] {
  const { pods, claims, volumes, classes, attachments, nodes } = world.informers;
  const claimKeys = (pod: Pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace}/${name}`);
  const claimOf = ({ spec }: PersistentVolume) =>
    spec.claimRef ? [`${spec.claimRef.namespace}/${spec.claimRef.name}`] : [];
  const everyClaim = () => claims.list().map(keyOf);
  const podsOf = (claim: Claim) => pods.byIndex('claim', keyOf(claim)).map(keyOf);
  const pending = () =>
    pods
      .list()
      .filter(({ spec }) => !spec.nodeName)
      .map(keyOf);
  const nodeOf = (pod: Pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []);
  const nodesOf = (claim: Claim) => pods.byIndex('claim', keyOf(claim)).flatMap(nodeOf);
  const name = ({ metadata }: KubeObject) => [metadata.name];
  return [
    run(world, new ClaimBinder(world), [
      watched(claims, (claim) => [keyOf(claim)]),
      watched(volumes, claimOf),
      watched(pods, claimKeys),
      watched(classes, everyClaim),
    ]),
    run(world, new Scheduler(world), [
      watched(pods, (pod) => [keyOf(pod)]),
      watched(claims, podsOf),
      watched(nodes, pending),
    ]),
    run(world, new AttachDetach(world), [
      watched(pods, nodeOf),
      watched(claims, nodesOf),
      watched(attachments, ({ spec }: VolumeAttachment) => [spec.nodeName]),
      watched(nodes, name),
    ]),
  ];
}

/** What external-provisioner and external-attacher do with a driver's controller service. */
export function sidecars(world: World, csi: ControllerCalls): Controller[] {
  const { claims, volumes, attachments, classes } = world.informers;
  const deps = { ...world, csi };
  const name = ({ metadata }: KubeObject) => [metadata.name];
  const byVolume = ({ spec }: VolumeAttachment) => [spec.source.persistentVolumeName ?? ''];
  return [
    run(world, new Provisioner(deps), [
      watched(claims, (claim) => [keyOf(claim)]),
      watched(classes, () => claims.list().map(keyOf)),
    ]),
    run(world, new Reclaimer(deps), [watched(volumes, name), watched(attachments, byVolume)]),
    run(world, new Attacher(deps), [watched(attachments, name)]),
  ];
}

/** What one node's kubelet does with a driver's node service. */
export function kubelet(
  world: World,
  node: { readonly name: string; readonly csi: NodeCalls; readonly makeFolder?: (path: string) => Promise<void> },
): Controller {
  const { pods, claims, attachments, volumes } = world.informers;
  const makeFolder = node.makeFolder ?? (() => Promise.resolve());
  const manager = new VolumeManager({ kube: world.kube, csi: node.csi, nodeName: node.name, makeFolder });
  const here = () => pods.byIndex('node', node.name).map(keyOf);
  const mine = ({ spec }: { spec: { nodeName?: string } }) => (spec.nodeName === node.name ? here() : []);
  return run(world, new PodWorker({ ...world, volumes: manager, nodeName: node.name }), [
    watched(pods, (pod) => (pod.spec.nodeName === node.name ? [keyOf(pod)] : [])),
    watched(attachments, mine),
    watched(claims, (claim) => pods.byIndex('claim', keyOf(claim)).map(keyOf)),
    watched(volumes, () => here()),
  ]);
}

/** Eight at once, as busy as the real ones are by default within an order of magnitude; retries from 50 ms. */
function run({ clock, random, log }: World, reconciler: Reconciler, sources: readonly Source[]): Controller {
  return new Controller({ reconciler, sources, clock, random, log, workers: 8 });
}
