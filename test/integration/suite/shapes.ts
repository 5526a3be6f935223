import type { ClaimSpec, ClassSpec, User } from './user';
import type { RunningArray } from './world';

interface Shape {
  readonly title: string;
  readonly parameters: Record<string, string>;
  readonly claim?: ClaimSpec;
  readonly array: Partial<RunningArray>;
  readonly members: number;
  readonly copies: number;
}

const KiB = 1024;
const GiB = 1024 ** 3;

const shapes: readonly Shape[] = [
  {
    title: 'one copy: a mirror with a free slot, whole all the same',
    parameters: { numberOfCopies: '1' },
    array: { level: 'raid1', raidDevices: 2, sizeBytes: GiB },
    ...{ members: 1, copies: 1 },
  },
  {
    title: 'two copies, on two nodes',
    parameters: {},
    array: { level: 'raid1', raidDevices: 2, sizeBytes: GiB },
    ...{ members: 2, copies: 2 },
  },
  {
    title: 'three copies, on three nodes',
    parameters: { replicaCount: '3' },
    array: { level: 'raid1', raidDevices: 3, sizeBytes: GiB },
    ...{ members: 3, copies: 3 },
  },
  {
    title: 'two copies striped over two drives each: RAID10 with a chunk of 64 KiB',
    parameters: { drivesPerCopy: '2' },
    array: { level: 'raid10', raidDevices: 4, chunkBytes: 64 * KiB, sizeBytes: GiB },
    ...{ members: 4, copies: 2 },
  },
  {
    title: 'one copy striped over two drives: RAID10 with a free slot in each pair',
    parameters: { numberOfCopies: '1', stripeWidth: '2' },
    array: { level: 'raid10', raidDevices: 4, chunkBytes: 64 * KiB, sizeBytes: GiB },
    ...{ members: 2, copies: 1 },
  },
  {
    title: 'three copies striped over two drives each',
    parameters: { numberOfCopies: '3', drivesPerCopy: '2' },
    array: { level: 'raid10', raidDevices: 6, chunkBytes: 64 * KiB, sizeBytes: GiB },
    ...{ members: 6, copies: 3 },
  },
  {
    title: 'ext4',
    parameters: { 'csi.storage.k8s.io/fstype': 'ext4' },
    array: { level: 'raid1' },
    ...{ members: 2, copies: 2 },
  },
  {
    title: 'a raw block device',
    parameters: {},
    claim: { block: true },
    array: { level: 'raid1' },
    ...{ members: 2, copies: 2 },
  },
  {
    title: 'drives with sectors of 4096 bytes',
    parameters: { sectorSize: '4096' },
    array: { level: 'raid1' },
    ...{ members: 2, copies: 2 },
  },
];

/** What the parameters of a class make of its volumes. */
export function describeShapes(user: () => User, titles: readonly string[] = shapes.map(({ title }) => title)): void {
  it.each(shapes.filter(({ title }) => titles.includes(title)))(
    'of $title, takes what its pod writes to every copy',
    async ({ parameters, claim: spec, array, members, copies }) => {
      const { world } = user();
      const block = spec?.block ?? false;
      const claim = await user().claim({ ...spec, storageClass: await user().class({ parameters }) });
      const pod = await user().runningPod(claim, { block });
      const volume = await user().synced(claim);
      await world.volume(pod).write(7, 'every copy has this');
      expect(await world.volume(pod).read(7)).toBe('every copy has this');

      const { nodeName } = (await user().running(pod)).spec;
      const [running, ...others] = await world.arraysOf(volume.metadata.uid!);
      expect(others).toEqual([]);
      expect(running).toMatchObject({ ...array, node: nodeName });
      expect(mirrorsSharingANode(running!, Math.max(2, copies))).toEqual([]);
      expect(volume.status).toMatchObject({
        ...{ ready: `${members}/${members}`, totalDevices: members, activeDevices: members, degradedDevices: 0 },
        ...{ failedDevices: 0, missingDevices: 0, nodeName },
      });
      expect(volume.status!.syncPercentage).toBeUndefined();
      const extents = await user().extentsOf(volume);
      const holding = await Promise.all(extents.map((extent) => world.holds(extent, 'every copy has this')));
      expect(holding.filter((holds) => holds)).toHaveLength(copies);
      expect(extents.filter(({ node }) => node === nodeName)).toHaveLength(members / copies);
      expect(new Set(extents.map(({ node }) => node)).size).toBe(copies);
    },
  );
}

/** Pairs (or more) of mirrors of which two are on one node. */
function mirrorsSharingANode({ nodes }: RunningArray, mirrors: number): unknown[] {
  const sets = Array.from({ length: nodes.length / mirrors }, (_, set) =>
    nodes.slice(set * mirrors, (set + 1) * mirrors),
  );
  return sets.filter((set) => {
    const present = set.filter((node) => node !== undefined);
    return new Set(present).size < present.length;
  });
}

/** Where a class may put its volumes, and when. */
export function describePlacement(user: () => User): void {
  const placedBy = async (spec: ClassSpec) => {
    const claim = await user().claim({ storageClass: await user().class(spec) });
    if (spec.binding !== 'Immediate') await user().runningPod(claim);
    const volume = await user().synced(claim);
    return { volume, nodes: (await user().partitionsOf(volume)).map(({ spec: { nodeName } }) => nodeName) };
  };

  it('is on the node of its first pod, when it waits for that', async () => {
    const { world } = user();
    for (const node of world.nodes) {
      const claim = await user().claim();
      await user().runningPod(claim, { node });
      const [first] = await user().partitionsOf(await user().synced(claim));
      expect(first!.spec.nodeName).toBe(node);
    }
  });

  it('is in the zones that its class allows', async () => {
    const { world } = user();
    const { nodes } = await placedBy({ binding: 'Immediate', zones: ['b'] });
    expect(nodes.sort()).toEqual(world.nodes.slice(1).sort());
  });

  it('is built on the spot, when its class binds immediately', async () => {
    const { volume, nodes } = await placedBy({ binding: 'Immediate' });
    expect(new Set(nodes).size).toBe(2);
    expect(volume.status!.owner).toMatchObject({ nodeName: nodes[0], epoch: 1, purpose: 'Initialize' });
  });
}
