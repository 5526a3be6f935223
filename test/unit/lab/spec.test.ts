import { driveSerial, driveUuid, hostId, planNodes } from '../../lab/spec';

describe('the plan of a lab', () => {
  it('names the nodes and gives each its drives', () => {
    expect(planNodes({ nodes: 2, drives: 1, driveSizeMiB: 64, memoryMiB: 256 })).toEqual(
      ['n1', 'n2'].map((name, i) => ({
        name,
        number: i + 1,
        memoryMiB: 256,
        drives: [{ sizeMiB: 64, sectorSize: 512, volatileWriteCache: true }],
      })),
    );
  });

  it('takes names and drives as they are given', () => {
    const drives = [{ sizeMiB: 1, sectorSize: 4096 as const, volatileWriteCache: false }];
    expect(planNodes({ nodes: ['a'], drives })).toMatchObject([{ name: 'a', drives }]);
  });

  it.each([
    [{ nodes: 0 }, 'A lab has 1 to 99 nodes, not 0'],
    [{ drives: 11 }, 'A lab node has up to 10 drives, not 11'],
  ])('refuses %j', (options, why) => {
    expect(() => planNodes(options)).toThrow(why);
  });

  it('gives every drive and node an identity of its own', () => {
    const nodes = planNodes({ nodes: 99, drives: 10 });
    const drives = nodes.flatMap((node) =>
      node.drives.map((_, i) => [driveUuid(node, i), driveSerial(node, i)]).flat(),
    );
    const all = [...drives, ...nodes.map(hostId)];
    expect(new Set(all).size).toBe(99 * 10 * 2 + 99);
    expect(drives[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
