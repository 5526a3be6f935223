import type { MeshStorMigration, MeshStorPartition, MeshStorVolume } from '../../../src/api/model';
import { migrations, nodeDevices, partitions, volumes } from '../../../src/api/resources';
import { claims } from '../../../src/sim/kubernetes/kinds';
import { suiteNodes, VirtualWorld, type VirtualOptions } from '../../support/cluster/virtual-world';
import { useWorld } from '../suite/use';

const somebody = { fieldManager: 'somebody' };
const four = { ...suiteNodes(), node4: suiteNodes().node3! };

/** A volume, its partitions, and the nodes these are on, as they are now. */
export interface Seen {
  readonly volume: MeshStorVolume;
  readonly partitions: MeshStorPartition[];
  readonly nodes: string[];
}

/** A cluster of four nodes, and what people do and look at while copies move in it. */
export function useRelocation(options: VirtualOptions = {}) {
  const user = useWorld(() => VirtualWorld.start({ nodes: four, ...options }));
  const { world } = user;
  /** For what is looked at again and again. */
  const seen = async (claim: string): Promise<Seen> => {
    const { kube } = world();
    const object = await kube.get(claims, claim, 'default');
    const volume = await kube.get(volumes, `pvc-${object!.metadata.uid}`);
    const all = (await kube.list(partitions)).items.filter(({ spec }) => spec.volumeUID === volume!.metadata.uid);
    return { volume: volume!, partitions: all, nodes: all.map(({ spec }) => spec.nodeName).sort() };
  };
  const copiesOf = async (claim: string): Promise<string[]> => [...new Set((await world().done(seen(claim))).nodes)];
  const moves = async (): Promise<MeshStorMigration[]> => (await world().done(world().kube.list(migrations))).items;
  const others = (node: string): string[] => world().nodes.filter((name) => name !== node);
  return {
    user,
    world,
    seen,
    copiesOf,
    moves,
    outcomes: async () => (await moves()).map(({ spec, status }) => `${spec.reason} ${status?.phase}`),
    edit: async (claim: string, spec: object): Promise<void> => {
      const { metadata } = await user().volumeOf(claim);
      await world().done(world().kube.patch(volumes, metadata.name, { spec }, somebody));
    },
    editMove: (name: string, spec: object) => world().done(world().kube.patch(migrations, name, { spec }, somebody)),
    editDrive: (name: string, spec: object) => world().done(world().kube.patch(nodeDevices, name, { spec }, somebody)),
    /** The volume whole again, on exactly these nodes, and nothing on its way. */
    settledOn: (claim: string, ...wanted: string[]): Promise<MeshStorVolume> =>
      world().eventually(`${claim} to be whole on ${wanted.join(', ')}`, async () => {
        const { volume, nodes } = await seen(claim);
        const whole = volume.status?.phase === 'Synced' && volume.status.mdState === 'active';
        return whole && [...new Set(nodes)].join() === [...wanted].sort().join() && volume;
      }),
    /** A node that has no copy of it. */
    nodeWithout: async (claim: string): Promise<string> => {
      const copies = await copiesOf(claim);
      return world().nodes.find((node) => !copies.includes(node))!;
    },
    write: (pod: string, at: number): Promise<void> => world().volume(pod).write(at, `at ${at}`),
    expectWritten: async (pod: string, ...places: number[]): Promise<void> => {
      for (const at of places) expect(await world().volume(pod).read(at)).toBe(`at ${at}`);
    },
    /** Without power, until it is `back`. */
    cut: (node: string) => {
      world().cluster.node(node).process.kill();
      world().machine(node).powerCut();
    },
    back: async (node: string) => {
      world().machine(node).boot();
      await world().done(world().cluster.node(node).process.start());
    },
    cutLinks: (node: string) => others(node).forEach((other) => world().cluster.world.cutLink(node, other)),
    healLinks: (node: string) => others(node).forEach((other) => world().cluster.world.healLink(node, other)),
  };
}
