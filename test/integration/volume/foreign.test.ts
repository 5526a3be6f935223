import { conditionTypes } from '../../../src/api/conditions';
import { nodeDevices } from '../../../src/api/resources';
import { conditionOf } from '../../../src/api/volume';
import { foreignFileSystem, foreignTable, type Cells, type NodeSpec } from '../../../src/host/sim';
import { useVirtualWorld } from '../../support/cluster/use-virtual-world';
import { noteOf } from '../suite/follow';

const foreign: Readonly<Record<string, Cells>> = {
  'a partition table of somebody else': foreignTable(),
  'a file system right on it': foreignFileSystem(),
};

/** Each node has one drive for MeshStor, and one of which it must keep its hands. */
const node = (contents: Cells | undefined): NodeSpec => ({ drives: [{}, contents ? { contents } : {}] });
const nodes = {
  node1: node(foreign['a partition table of somebody else']),
  node2: node(foreign['a file system right on it']),
  node3: node(undefined),
};

describe('a drive that is not for MeshStor', () => {
  const user = useVirtualWorld({ nodes });
  const { world } = user;

  /** Everything on the drive, byte for byte. */
  const contentOf = (name: string) => {
    const drive = world().machine(name).drives[1]!;
    return drive.peekRange(0, drive.cells);
  };
  const all = () => Object.keys(nodes).map((name) => [...contentOf(name)]);

  /** As an administrator mounts a drive as a whole; how it is unmounted. */
  const mount = (name: string): (() => void) => {
    const { kernel, drives } = world().machine(name);
    const device = kernel.drives.find(drives[1]!.id)!;
    device.claim('somebody, mounted at /srv');
    return () => device.release();
  };

  const usableOf = (name: string) =>
    world().eventually(`the second drive of ${name} to be refused`, async () => {
      const { items } = await world().kube.list(nodeDevices);
      const device = items.find(({ status }) => status?.deviceID === world().machine(name).drives[1]!.id);
      const usable = device && conditionOf(device, conditionTypes.usable);
      return usable?.status === 'False' && usable;
    });

  it('says why, offers no space, and is the same to the last byte after volumes came and went', async () => {
    const unmount = mount('node3');
    const before = all();
    expect((await usableOf('node1')).message).toMatch(/partition table that MeshStor did not make/);
    expect((await usableOf('node2')).message).toMatch(/signature: fs/);
    expect((await usableOf('node3')).message).toMatch(/in use by somebody, mounted at/);
    const claim = await user().claim({ size: '4Gi' });
    const pod = await user().runningPod(claim, { node: 'node1' });
    await world().volume(pod).write(1, 'elsewhere');
    await user().synced(claim);
    await user().deletePod(pod);
    await user().deleteClaim(claim);
    expect(all()).toEqual(before);
    unmount();
  });

  it('is not touched for want of other space: the claim is told so instead', async () => {
    const unmount = mount('node3');
    const before = all();
    for (const name of Object.keys(nodes)) await usableOf(name);
    const storageClass = await user().class({ parameters: { drivesPerCopy: '2' }, binding: 'Immediate' });
    const note = await noteOf(world(), await user().claim({ storageClass }), 'ProvisioningFailed');
    for (const name of Object.keys(nodes)) {
      expect(note).toMatch(new RegExp(`${name}: 1 of 2 drives fit: nvme1n1 cannot be used: `));
    }
    expect(all()).toEqual(before);
    unmount();
  });

  it.each(Object.entries(foreign))(
    'because %s came onto it after its last report, is not touched, and another is taken',
    async (_, contents) => {
      const machine = world().machine('node3');
      const drive = machine.drives[0]!;
      world().oracles.interceptors.add(async (call, proceed) => {
        if (call.verb === 'createPartition' && call.node === 'node3') machine.replaceContents(drive.id, contents);
        return proceed();
      });
      const storageClass = await user().class({ parameters: { numberOfCopies: '3' }, binding: 'Immediate' });
      const claim = await user().claim({ storageClass });
      await user().synced(claim);
      expect([...drive.peekRange(0, drive.cells)]).toEqual([...contents]);
      machine.replaceContents(drive.id, new Map());
    },
  );
});
