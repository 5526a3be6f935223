import type { MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { driverName } from '../../../src/api/names';
import { partitions, volumes } from '../../../src/api/resources';
import {
  claims,
  persistentVolumes,
  pods,
  storageClasses,
  type Claim,
  type Pod,
  type StorageClass,
} from '../../../src/sim/kubernetes/kinds';
import type { Extent, World } from './world';

const options = { fieldManager: 'suite' };
const namespace = 'default';

export interface ClassSpec {
  readonly parameters?: Record<string, string>;
  readonly binding?: 'Immediate' | 'WaitForFirstConsumer';
  /** Zones that its volumes may be in. */
  readonly zones?: readonly string[];
}

export interface ClaimSpec {
  readonly size?: string;
  readonly storageClass?: string;
  readonly block?: boolean;
  readonly accessMode?: string;
}

/** By world, so that what happens in one does not depend on those before it. */
const names = new WeakMap<World, number>();

/** What a user of the cluster does, and what a user looks at. Names are never used twice. */
export class User {
  readonly #pods = new Set<string>();
  readonly #claims = new Set<string>();
  readonly #classes = new Set<string>();
  /** Names of the MeshStorVolumes of all claims made here. */
  readonly volumes = new Set<string>();

  constructor(readonly world: World) {}

  name(what: string): string {
    const number = (names.get(this.world) ?? 0) + 1;
    names.set(this.world, number);
    return `${what}-${number}`;
  }

  /** The name of a new class. */
  async class({ parameters = {}, binding = 'WaitForFirstConsumer', zones }: ClassSpec): Promise<string> {
    const name = this.name('class');
    const terms = zones && [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: [...zones] }] }];
    const object: StorageClass = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: driverName,
      parameters,
      reclaimPolicy: 'Delete',
      volumeBindingMode: binding,
      ...(terms && { allowedTopologies: terms }),
    };
    await this.world.done(this.world.kube.create(storageClasses, object, options));
    this.#classes.add(name);
    return name;
  }

  /** The name of a new claim. */
  async claim(spec: ClaimSpec = {}): Promise<string> {
    const { size = '1Gi', storageClass = 'meshstor-replicated', block = false, accessMode = 'ReadWriteOnce' } = spec;
    const name = this.name('data');
    const object: Claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace },
      spec: {
        accessModes: [accessMode],
        storageClassName: storageClass,
        volumeMode: block ? 'Block' : 'Filesystem',
        resources: { requests: { storage: size } },
      },
    };
    const { metadata } = await this.world.done(this.world.kube.create(claims, object, options));
    this.#claims.add(name);
    this.volumes.add(`pvc-${metadata.uid}`);
    return name;
  }

  /** The name of a new pod that uses the claim, on this node or wherever the scheduler likes. */
  async pod(claim: string, { node, block = false }: { node?: string; block?: boolean } = {}): Promise<string> {
    const name = this.name('web');
    const use = block
      ? { volumeDevices: [{ name: 'data', devicePath: '/dev/data' }] }
      : { volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const object: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: {
        ...(node && { nodeSelector: { 'kubernetes.io/hostname': node } }),
        containers: [{ name: 'main', image: 'none', ...use }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
      },
    };
    await this.world.done(this.world.kube.create(pods, object, options));
    this.#pods.add(name);
    return name;
  }

  running(pod: string): Promise<Pod> {
    return this.world.eventually(`pod ${pod} to run`, async () => {
      const seen = await this.world.kube.get(pods, pod, namespace);
      return seen?.status?.phase === 'Running' && seen;
    });
  }

  async runningPod(claim: string, spec: { node?: string; block?: boolean } = {}): Promise<string> {
    const pod = await this.pod(claim, spec);
    await this.running(pod);
    return pod;
  }

  async deletePod(pod: string): Promise<void> {
    await this.world.done(this.world.kube.delete(pods, pod, { namespace, gracePeriodSeconds: 0 }));
    await this.world.eventually(
      `pod ${pod} to be gone`,
      async () => !(await this.world.kube.get(pods, pod, namespace)),
    );
    this.#pods.delete(pod);
  }

  /** Deletes the claim, and waits until its volume is gone with it. */
  async deleteClaim(claim: string): Promise<void> {
    const { kube } = this.world;
    const volume = (await this.world.done(kube.get(claims, claim, namespace)))?.spec.volumeName;
    await this.world.done(kube.delete(claims, claim, { namespace }));
    await this.world.eventually(`claim ${claim} and its volume to be gone`, async () => {
      if (await kube.get(claims, claim, namespace)) return false;
      return !volume || (!(await kube.get(persistentVolumes, volume)) && !(await kube.get(volumes, volume)));
    });
    this.#claims.delete(claim);
  }

  /** Deletes everything that is still there of what was made here. */
  async cleanUp(): Promise<void> {
    for (const pod of this.#pods) await this.deletePod(pod);
    for (const claim of this.#claims) await this.deleteClaim(claim);
    for (const name of this.#classes) await this.world.done(this.world.kube.delete(storageClasses, name));
    this.#classes.clear();
  }

  /** The MeshStorVolume behind a claim, as soon as there is one. */
  async volumeOf(claim: string): Promise<MeshStorVolume> {
    return this.world.eventually(`claim ${claim} to have a volume`, async () => {
      const seen = await this.world.kube.get(claims, claim, namespace);
      return seen && this.world.kube.get(volumes, `pvc-${seen.metadata.uid}`);
    });
  }

  /** The volume once it is as `isIt` says. */
  async volume(claim: string, what: string, isIt: (volume: MeshStorVolume) => boolean): Promise<MeshStorVolume> {
    const { metadata } = await this.volumeOf(claim);
    return this.world.eventually(`volume ${metadata.name} to be ${what}`, async () => {
      const seen = await this.world.kube.get(volumes, metadata.name);
      return seen && isIt(seen) && seen;
    });
  }

  synced(claim: string): Promise<MeshStorVolume> {
    return this.volume(claim, 'Synced', ({ status }) => status?.phase === 'Synced' && status.mdState === 'active');
  }

  /** Partitions of the volume, by slot. */
  async partitionsOf({ metadata }: MeshStorVolume): Promise<MeshStorPartition[]> {
    const { items } = await this.world.done(this.world.kube.list(partitions));
    return items.filter(({ spec }) => spec.volumeUID === metadata.uid).sort((a, b) => a.spec.slot - b.spec.slot);
  }

  async extentsOf(volume: MeshStorVolume): Promise<Extent[]> {
    const found = await this.partitionsOf(volume);
    const extents = await this.world.done(Promise.all(found.map((partition) => this.world.locate(partition))));
    return extents.filter((extent) => extent !== undefined);
  }
}
