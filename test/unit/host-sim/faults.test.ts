import { PowerLost } from '../../../src/host/sim';
import { Setting } from './setting';

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { kind?: string }) => error.kind,
  );

describe('faults on demand', () => {
  it('fail the n-th call of a verb, without its effect', async () => {
    const s = new Setting();
    s.a.faults.add({ verb: 'createPartition', nth: 2, when: 'before', fail: 'Timeout' });
    const outcomes = [];
    for (const slot of [0, 1, 2]) outcomes.push(await outcome(s.createPartition(s.a, slot)));
    expect(outcomes).toEqual(['done', 'Timeout', 'done']);
    const { drives } = await s.a.agent.listDrives({});
    expect(drives[0]!.partitions.map(({ uuid }) => uuid)).toEqual([s.partition(0), s.partition(2)]);
    expect(s.a.faults.calls('createPartition')).toBe(3);
  });

  it('fail it with its effect', async () => {
    const s = new Setting();
    s.a.faults.add({ verb: 'createPartition', when: 'after', fail: 'Internal' });
    expect(await outcome(s.createPartition(s.a, 0))).toBe('Internal');
    expect(await s.a.agent.getPartition({ uuid: s.partition(0) })).toMatchObject({ uuid: s.partition(0) });
  });

  it('delay it', async () => {
    const s = new Setting();
    s.a.faults.add({ verb: 'getNodeFacts', when: 'before', delayMs: 5_000 });
    const before = s.clock.now();
    await s.done(s.a.agent.getNodeFacts({}));
    expect(s.clock.now() - before).toBe(5_000);
  });

  it('crash the node before or after it', async () => {
    const s = new Setting();
    s.a.faults.add({ verb: 'createPartition', when: 'after', run: () => s.a.powerCut(), fail: 'Unreachable' });
    expect(await outcome(s.createPartition(s.a, 0))).toBe('Unreachable');
    expect(s.a.on).toBe(false);
    s.a.boot();
    expect(await s.a.agent.getPartition({ uuid: s.partition(0) })).toMatchObject({ uuid: s.partition(0) });
  });

  it('go around every call', async () => {
    const s = new Setting();
    const calls: string[] = [];
    s.a.faults.interceptor = async (call, proceed) => {
      calls.push(`${call.node} ${call.verb} ${call.nth}`);
      return proceed();
    };
    await s.a.agent.getNodeFacts({});
    await s.a.agent.listStacks({});
    await s.a.agent.getNodeFacts({});
    s.a.faults.clear();
    await s.a.agent.getNodeFacts({});
    expect(calls).toEqual(['a getNodeFacts 1', 'a listStacks 1', 'a getNodeFacts 2']);
  });
});

describe('a power cut', () => {
  it('ends what runs on the node: agent calls, writers, maps, arrays, exports, mounts; not its disks', async () => {
    const s = new Setting();
    await s.mirror();
    s.b.drives[0]!.hang();
    const writing = s.open().write(0, 'x');
    const verb = outcome(s.a.agent.suspendVolumeDevice({ volume: s.volume }));
    s.a.powerCut();
    await expect(writing).rejects.toThrow(PowerLost);
    expect(await verb).toBe('Unreachable');
    s.a.boot();
    expect([...s.a.kernel.dm.list()]).toEqual([]);
    expect(s.a.kernel.md.list()).toEqual([]);
    expect(s.a.kernel.imports.list()).toEqual([]);
    expect(await s.a.agent.getPartition({ uuid: s.partition(0) })).toMatchObject({ exports: [] });
    const member = await s.applyMember(s.a, 0);
    expect(member.superblock).toMatchObject({ arrayUuid: s.array });
  });

  it('leaves nothing running: no timer of the old kernel fires', async () => {
    const s = new Setting();
    await s.mirror({ sync: false });
    s.world.powerCutAll();
    expect(s.clock.pending).toEqual([]);
  });

  it('may change the names of drives', async () => {
    const drives = [{ id: 'one' }, { id: 'two' }, { id: 'three' }, { id: 'four' }];
    const s = new Setting({ spec: { drives } });
    const names = async () => (await s.a.agent.listDrives({})).drives.map(({ id, name }) => `${id} ${name}`).sort();
    const seen = new Set([(await names()).join()]);
    for (let boot = 0; boot < 5; boot++) {
      s.a.powerCut();
      s.a.boot();
      seen.add((await names()).join());
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('the world', () => {
  it('repeats itself for the same seed, to the last superblock', async () => {
    const history = async (seed: number) => {
      const s = new Setting({ seed });
      const events: string[] = [];
      s.a.kernel.listen((event) => events.push(`${s.clock.now()} ${JSON.stringify(event)}`));
      await s.mirror();
      const handle = s.open();
      for (let cell = 0; cell < 50; cell++) await handle.write(cell, `value ${cell}`);
      s.world.cutLink('a', 'b');
      const write = handle.write(100, 'late');
      await s.clock.advance(30_000);
      s.world.healLink('a', 'b');
      await s.clock.advance(30_000);
      await s.applyMember(s.a, 1, { epoch: 1 });
      await write;
      return { events, disks: [s.a, s.b].map((node) => [...node.drives[0]!.peekRange(0, 50_000)]) };
    };
    expect(await history(7)).toEqual(await history(7));
    expect((await history(8)).disks).not.toEqual((await history(7)).disks);
  });
});
