import { Setting, MiB } from './setting';

describe('a mirrored volume in the simulated world', () => {
  it('is built, synchronised, formatted, mounted, written and read', async () => {
    const s = new Setting();
    const array = await s.mirror({ sizeBytes: 600 * MiB });
    expect(array).toMatchObject({ degraded: 0, raidDevices: 2, sizeBytes: 596 * MiB });
    expect(array.members.map(({ state }) => state)).toEqual([
      'ARRAY_MEMBER_STATE_IN_SYNC',
      'ARRAY_MEMBER_STATE_IN_SYNC',
    ]);
    await s.a.agent.formatVolume({ volume: s.volume, fileSystem: s.fileSystem });
    await s.a.agent.mountVolume({ volume: s.volume, fileSystem: s.fileSystem, path: '/mnt/v', options: [] });
    const pod = s.a.enter('/mnt/v');
    await pod.writeFile('greeting', 'hello, mesh');
    expect((await pod.readFile('greeting')).toString()).toBe('hello, mesh');
    const onBothDrives = [s.a, s.b].map((node) => [...node.drives[0]!.peekRange(0, 200_000).values()]);
    for (const cells of onBothDrives) expect(cells).toContain('hello, mesh');
  });
});
