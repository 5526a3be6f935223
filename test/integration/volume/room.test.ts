import { nodeDevices } from '../../../src/api/resources';
import { claimAnnotations, claims, type Claim } from '../../../src/sim/kubernetes/kinds';
import { foreignTable, type NodeSpec } from '../../../src/host/sim';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { Caller, GiB } from '../suite/csi';
import { History } from '../suite/follow';

const small: NodeSpec = { drives: [{ sizeBytes: 2 * GiB }] };
const nodes = {
  node1: small,
  node2: {},
  node3: { drives: [{ contents: foreignTable() }] },
  node4: {},
  node5: { drives: [{ sectorSize: 4096 as const }] },
};

describe('no room anywhere', () => {
  const user = useVirtualWorld({ nodes });
  const { world } = user;

  it('is RESOURCE_EXHAUSTED, says what each node lacks, and leaves nothing', async () => {
    const [cordoned] = (await world().done(world().kube.list(nodeDevices))).items.filter(
      ({ spec }) => spec.node === 'node2',
    );
    const cordon = (value: boolean) =>
      world().done(world().kube.patch(nodeDevices, cordoned!.metadata.name, { spec: { cordoned: value } }, options));
    await cordon(true);
    world().cluster.node('node4').process.kill();
    await world().pass(90_000);

    const volume = new Caller(user());
    const wanted = { capacityRange: { requiredBytes: String(4 * GiB) }, parameters: { sectorSize: '512' } };
    const answer = await volume.create(wanted);
    expect(answer).toMatch(/^RESOURCE_EXHAUSTED: .*2 nodes needed; /);
    const lacks = {
      node1: /has 2\.00 GiB free in one piece, 4\.00 GiB are needed/,
      node2: /is cordoned/,
      node3: /cannot be used: .* partition table that MeshStor did not make/,
      node4: /was last heard of at 20\S+Z|is on a node that is not heard of/,
      node5: /has 4096-byte sectors, 512 are needed/,
    };
    for (const [node, lack] of Object.entries(lacks)) {
      expect(answer).toMatch(new RegExp(`${node}: nvme0n1 (${lack.source})`));
    }
    expect(await volume.volume()).toBeUndefined();

    await cordon(false);
    await world().cluster.node('node4').process.start();
    await world().pass(30_000);
    expect(await volume.create(wanted)).toBe('OK');
    expect(await volume.delete()).toBe('OK');
  });
});

describe('a claim that fits nowhere', () => {
  const user = useVirtualWorld();
  const { world } = user;

  it('is tried again for ever, and ever more rarely', async () => {
    let selected = 0;
    const claim = await user().claim({ size: '100Ti' });
    await new History(world(), claims, ({ metadata }: Claim) => {
      if (metadata.name === claim && metadata.annotations?.[claimAnnotations.selectedNode]) selected++;
      return undefined;
    }).start();
    await user().pod(claim, { node: 'node1' });
    await world().pass(60_000);
    // After 1, 2, 4 and 8 s, and then every 10 s.
    expect(selected).toBeGreaterThanOrEqual(5);
    expect(selected).toBeLessThanOrEqual(12);
    await world().pass(60_000);
    expect(selected).toBeLessThanOrEqual(18);
  });
});

const options = { fieldManager: 'suite' };
