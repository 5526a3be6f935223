import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSignature, parseBlkid } from '../../../src/host/linux/parse/blkid';
import { isQueueing, parsePaths, parseStatus, parseTables } from '../../../src/host/linux/parse/dmsetup';
import {
  parseMemberState,
  parseNear,
  parseProgress,
  parseReplacing,
  parseRole,
  parseSyncAction,
} from '../../../src/host/linux/parse/md';
import { parseMountinfo } from '../../../src/host/linux/parse/mountinfo';
import { parseSfdisk } from '../../../src/host/linux/parse/sfdisk';
import { parseStatfs } from '../../../src/host/linux/parse/statfs';
import { parseSuperblock } from '../../../src/host/linux/parse/superblock';
import { UeventReader, type Uevent } from '../../../src/host/linux/parse/uevent';
import { ArrayLevel } from '../../../src/host/gen/host';

const path = (name: string) => join(__dirname, '../../fixtures/host', name);
const text = (name: string) => readFileSync(path(name), 'utf8');

/** KEY=value lines of md's attributes. */
const attributes = (name: string) =>
  new Map(
    text(name)
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe('a partition table as sfdisk prints it', () => {
  it('is read in bytes, with identities in lower case and numbers from the device names', () => {
    const MiB = 1024 ** 2;
    expect(parseSfdisk(text('sfdisk-three-partitions.json'))).toEqual({
      label: 'gpt',
      id: '52f94bf6-f97b-4cce-9605-1b9a09ea60dd',
      firstByte: MiB,
      endByte: 8388575 * 512,
      entries: [
        {
          number: 1,
          start: MiB,
          size: 512 * MiB,
          uuid: 'c1906fba-24e8-492f-a45e-2253ebc0cdfb',
          name: 'meshstor-vol1-a',
        },
        {
          number: 2,
          start: 513 * MiB,
          size: 512 * MiB,
          uuid: '6afec4b2-b35f-4e16-a612-5b6bc783075d',
          name: 'meshstor-vol2-a',
        },
        {
          number: 3,
          start: 1025 * MiB,
          size: 512 * MiB,
          uuid: 'f00fb9a5-684e-49d6-adb4-cd505b852df6',
          name: 'meshstor-vol3-a',
        },
      ],
    });
  });

  it('counts in the sectors of the drive, and may hold nothing', () => {
    const table = { label: 'gpt', id: 'A', device: '/dev/nvme0n1', firstlba: 256, lastlba: 1000, sectorsize: 4096 };
    const parsed = parseSfdisk(JSON.stringify({ partitiontable: table }));
    expect(parsed).toMatchObject({ firstByte: 256 * 4096, endByte: 1001 * 4096, entries: [] });
  });

  it.each([
    '',
    '{}',
    'sfdisk: cannot open',
    '{"partitiontable":{"label":"gpt","id":"A","device":"/dev/a","partitions":[{"node":"/dev/b1","start":1,"size":1}]}}',
  ])('is not made up from %j', (printed) => {
    expect(() => parseSfdisk(printed)).toThrow();
  });
});

describe("a member's superblock", () => {
  const bytes = (name: string) => readFileSync(path(name));

  it('tells array, member, events and where the data starts', () => {
    expect(parseSuperblock(bytes('superblock-without-bad-blocks.bin'))).toEqual({
      arrayUUID: 'fe8bd83e-e698-f61d-9494-2b4d6c2a77fd',
      memberUUID: '20b7916e-00e7-dded-eb62-914061e14915',
      events: 24,
      raidDevices: 2,
      dataOffset: 4 * 1024 ** 2,
      isComplete: true,
      hasBadBlockList: false,
    });
  });

  it('tells of a bad-block list', () => {
    expect(parseSuperblock(bytes('superblock-with-bad-blocks.bin'))).toMatchObject({ hasBadBlockList: true });
  });

  it('is absent where its magic is', () => {
    expect(parseSuperblock(Buffer.alloc(4096))).toBeUndefined();
  });

  it('is not believed when a byte of it is wrong, wherever that is', () => {
    for (const at of [16, 128, 170, 200, 216, 256]) {
      const torn = bytes('superblock-without-bad-blocks.bin');
      torn[at] = torn[at]! ^ 0x10;
      expect(() => parseSuperblock(torn)).toThrow(/checksum|longer/);
    }
  });

  it('is not read from less than a superblock', () => {
    expect(() => parseSuperblock(Buffer.alloc(512))).toThrow(/512 bytes/);
  });
});

describe('what blkid says', () => {
  it.each([
    ['blkid-raid-member.txt', 'linux_raid_member'],
    ['blkid-gpt.txt', 'gpt partition table'],
  ])('in %s is named for people', (name, what) => {
    expect(describeSignature(parseBlkid(text(name)))).toBe(what);
  });

  it('of a blank partition is only its own entry', () => {
    const found = parseBlkid(text('blkid-blank-partition.txt'));
    expect(found.get('PART_ENTRY_UUID')).toBe('c1906fba-24e8-492f-a45e-2253ebc0cdfb');
    expect(found.has('TYPE') || found.has('PTTYPE')).toBe(false);
  });

  it('is unescaped', () => {
    expect(parseBlkid('LABEL=two\\ words\\=x\n').get('LABEL')).toBe('two words=x');
  });

  it('tells a file system from other content', () => {
    expect(
      describeSignature(
        new Map([
          ['TYPE', 'xfs'],
          ['USAGE', 'filesystem'],
        ]),
      ),
    ).toBe('xfs file system');
  });
});

describe('what dmsetup says', () => {
  it('is told device by device', () => {
    const found = parseStatus(text('dmsetup-status.txt'));
    expect([...found.keys()]).toEqual(['meshstor-v1-m0', 'meshstor-v1-m1']);
    expect(found.get('meshstor-v1-m0')).toEqual({
      openCount: 0,
      suspended: false,
      target: 'multipath',
      status: '2 0 0 0 1 1 A 0 1 0 259:4 A 0',
    });
    expect(found.get('meshstor-v1-m1')).toMatchObject({ openCount: 1, suspended: true });
  });

  it('tells a path that works from one that failed', () => {
    const found = parseStatus(text('dmsetup-status.txt'));
    expect(parsePaths(found.get('meshstor-v1-m0')!.status)).toEqual([{ device: '259:4', active: true }]);
    expect(parsePaths(found.get('meshstor-v1-m1')!.status)).toEqual([{ device: '259:9', active: false }]);
    expect(parsePaths('2 1 0 0 0 0')).toEqual([]);
  });

  it('tells by the table whether a map waits', () => {
    const tables = parseTables(text('dmsetup-table.txt'));
    expect(isQueueing(tables.get('meshstor-v1-m0')!)).toBe(true);
    expect(isQueueing(tables.get('meshstor-v1-m1')!)).toBe(false);
  });
});

describe("md's attributes", () => {
  const member = (name: string, device: string) => {
    const found = attributes(name);
    const role = parseRole(found.get(`${device}/slot`));
    return [role, parseMemberState(found.get(`${device}/state`), role)];
  };

  it.each([
    ['md-clean.txt', 'dev-nvme0n1p1', 0, 'ARRAY_MEMBER_STATE_IN_SYNC'],
    ['md-clean.txt', 'dev-nvme2n1', 1, 'ARRAY_MEMBER_STATE_IN_SYNC'],
    ['md-replacing.txt', 'dev-nvme2n1', 1, 'ARRAY_MEMBER_STATE_IN_SYNC'],
    ['md-replacing.txt', 'dev-nvme3n1', 1, 'ARRAY_MEMBER_STATE_RECOVERING'],
    ['md-spare.txt', 'dev-nvme3n1', -1, 'ARRAY_MEMBER_STATE_SPARE'],
    ['md-faulty.txt', 'dev-nvme3n1', -1, 'ARRAY_MEMBER_STATE_FAULTY'],
  ])('in %s: %s has role %d and is %s', (name, device, role, state) => {
    expect(member(name, device)).toEqual([role, state]);
  });

  it('tell which member is replaced, and which one is its copy', () => {
    const found = attributes('md-replacing.txt');
    const replacing = (device: string) => parseReplacing(found.get(`${device}/state`));
    expect(replacing('dev-nvme2n1')).toEqual({ wantsReplacement: true, isReplacement: false });
    expect(replacing('dev-nvme3n1')).toEqual({ wantsReplacement: false, isReplacement: true });
    expect(replacing('dev-nvme0n1p1')).toEqual({ wantsReplacement: false, isReplacement: false });
    // A copy that failed keeps the mark, and is no copy any more.
    expect(parseReplacing('faulty,replacement')).toEqual({ wantsReplacement: false, isReplacement: false });
  });

  it('tell how far a synchronisation is', () => {
    expect(parseProgress(attributes('md-replacing.txt').get('sync_completed'))).toEqual({
      done: 103680,
      total: 1046528,
    });
    expect(parseProgress('none')).toEqual({ done: 0, total: 0 });
    expect(parseProgress('delayed')).toEqual({ done: 0, total: 0 });
  });

  it('tell what is going on', () => {
    expect(parseSyncAction(attributes('md-recovering.txt').get('sync_action'))).toBe('SYNC_ACTION_RECOVER');
    expect(parseSyncAction(attributes('md-clean.txt').get('sync_action'))).toBe('SYNC_ACTION_IDLE');
    expect(parseSyncAction('reshape')).toBe('SYNC_ACTION_OTHER');
  });

  it("tell RAID10's copies", () => {
    const found = attributes('md-raid10.txt');
    expect(found.get('level')).toBe('raid10');
    expect(parseNear(Number(found.get('layout')), ArrayLevel.RAID10)).toBe(2);
  });
});

describe('the table of mounts', () => {
  it('is read with its odd characters', () => {
    const lines = [
      '26 16 253:2 / /mnt/v rw,relatime - xfs /dev/mapper/meshstor-v1 rw,attr2',
      '27 16 253:2 /sub\\040dir /mnt/caf\\303\\251\\040x ro,relatime shared:12 - xfs /dev/mapper/meshstor-v1 rw',
      '28 16 0:5 /dm-3 /pods/block rw,nosuid master:1 - devtmpfs devtmpfs rw,size=1k',
    ];
    expect(parseMountinfo(`${lines.join('\n')}\n`)).toMatchObject([
      { device: '253:2', root: '/', path: '/mnt/v', options: ['rw', 'relatime'], type: 'xfs' },
      { root: '/sub dir', path: '/mnt/café x', options: ['ro', 'relatime'], source: '/dev/mapper/meshstor-v1' },
      { device: '0:5', root: '/dm-3', path: '/pods/block', type: 'devtmpfs' },
    ]);
  });
});

describe('figures of a file system', () => {
  it('are counted in bytes', () => {
    expect(parseStatfs('4096 1000 400 350 64 60\n')).toEqual({
      totalBytes: 4096000,
      usedBytes: 600 * 4096,
      availableBytes: 350 * 4096,
      totalInodes: 64,
      availableInodes: 60,
      usedInodes: 4,
    });
  });

  it('are not made up', () => {
    expect(() => parseStatfs('4096 1000')).toThrow(/4096 1000/);
  });
});

describe('kernel events as udevadm prints them', () => {
  it('are handed over one by one, with what they carry', () => {
    const events: Uevent[] = [];
    const reader = new UeventReader((event) => events.push(event));
    for (const line of text('udevadm-monitor.txt').split('\n')) reader.push(line);
    expect(events.map(({ action, devpath }) => `${action} ${devpath.split('/').at(-1)}`)).toEqual([
      'add 9:127',
      'add md127',
      'change md127',
      'change md127',
      'change dm-1',
      'change dm-1',
      'remove 9:127',
      'remove md127',
    ]);
    const failed = events[4]!;
    expect(failed.subsystem).toBe('block');
    expect(failed.properties.get('DM_ACTION')).toBe('PATH_FAILED');
    expect(failed.properties.get('DM_UUID')).toBe('MESHSTOR-uid1-m1-p');
  });
});
