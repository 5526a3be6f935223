import { randomUUID } from 'node:crypto';
import { EventHub } from '../../../src/host/linux/events/hub';
import { EventSources } from '../../../src/host/linux/events/sources';
import { memberUUID } from '../../../src/host/dm-names';
import type { HostEvent } from '../../../src/host/gen/host';
import { Machine } from './support/machine';

const uid = randomUUID();
const uevent = (name: string, action: string) => [
  `ACTION=${action}`,
  `DEVPATH=/devices/virtual/block/${name}`,
  'SUBSYSTEM=block',
  '',
];

/** Lets what can go on go on. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('what the kernel tells of arrays', () => {
  let machine: Machine;
  let sources: EventSources;
  const stop = new AbortController();
  afterEach(() => {
    stop.abort();
    sources.stop();
    machine.end();
  });

  it('is heard although the look at an earlier event ends after the array has come', async () => {
    machine = new Machine();
    const hub = new EventHub();
    sources = new EventSources(machine.host, machine.clock, hub);
    const started = sources.start();
    machine.exec.say('');
    await started;
    const told: HostEvent[] = [];
    void (async () => {
      for await (const event of hub.listen(stop.signal)) told.push(event);
    })();
    const map = memberUUID({ volumeUID: uid, slot: 0, partitionUUID: randomUUID(), epoch: 1 });
    machine.dm(0, { name: 'meshstor-v-m0', uuid: map });

    // The first look has listed the maps, and is slow at reading what holds them.
    const { sysfs } = machine.host;
    const list = sysfs.list.bind(sysfs);
    let goOn = () => {};
    const slow = new Promise<void>((resolve) => (goOn = resolve));
    let reached = () => {};
    const reading = new Promise<void>((resolve) => (reached = resolve));
    let first = true;
    sysfs.list = async (path) => {
      const seen = await list(path);
      if (path !== 'block/dm-0/holders' || !first) return seen;
      first = false;
      reached();
      await slow;
      return seen;
    };
    for (const line of uevent('dm-0', 'change')) machine.exec.say(line);
    await reading;
    machine.md(127, { uuid: randomUUID(), members: { 'dm-0': { slot: 0, state: 'in_sync' } } });
    for (const line of uevent('md127', 'add')) machine.exec.say(line);
    await turns(500);
    goOn();
    await turns(500);
    told.length = 0;
    machine.write('sys/block/md127/md/sync_action', 'recover');
    for (let i = 0; i < 100 && told.length === 0; i++) await turns(100);
    expect(told).toContainEqual(expect.objectContaining({ volumeUid: uid }));
  });
});

describe('what was read of a device a moment ago', () => {
  let machine: Machine;
  let sources: EventSources;
  beforeEach(async () => {
    machine = new Machine();
    sources = new EventSources(machine.host, machine.clock, new EventHub());
    const started = sources.start();
    machine.exec.say('');
    await started;
    const { tables, paths } = machine.host.recent;
    tables.reading()('nvme0n1 uuid.1', { table: undefined });
    paths.reading()('map', { kernelName: 'dm-0', queueing: true, active: '259:1' });
  });
  afterEach(() => {
    sources.stop();
    machine.end();
  });

  const hear = (name: string, action: string, ...properties: string[]) => {
    const [blank, ...rest] = uevent(name, action).reverse();
    for (const line of [...rest.reverse(), ...properties, blank!]) machine.exec.say(line);
  };
  const known = () => [
    ...(machine.host.recent.tables.get('nvme0n1 uuid.1') ? ['table'] : []),
    ...(machine.host.recent.paths.get('map') ? ['path'] : []),
  ];

  it.each<[string, Parameters<typeof hear>, string[]]>([
    ['a path failed', ['dm-0', 'change', 'DM_ACTION=PATH_FAILED'], ['table']],
    ['the map went', ['dm-0', 'remove'], ['table']],
    ['another map lost a path', ['dm-1', 'change', 'DM_ACTION=PATH_FAILED'], ['table', 'path']],
    ['the map got a table, which is the agent’s doing', ['dm-0', 'change'], ['table', 'path']],
    ['the drive changed', ['nvme0n1', 'change'], ['path']],
    ['the drive went', ['nvme0n1', 'remove'], ['path']],
    ['the drive got a partition', ['nvme0n1p1', 'add'], ['path']],
    ['somebody wrote to a partition', ['nvme0n1p1', 'change'], ['table', 'path']],
    ['a drive with a longer name changed', ['nvme0n11', 'change'], ['table', 'path']],
  ])('when %s', (_, event, left) => {
    hear(...event);
    expect(known()).toEqual(left);
  });
  it('counts no more when events may have been missed', () => {
    sources.stop();
    expect(known()).toEqual([]);
  });
});
