import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { exportNQN, hostIdentity } from '../../../src/api/identity';
import { Transport } from '../../../src/host/gen/host';
import * as door from '../../../src/host/linux/door';

const invalid = expect.objectContaining({ name: 'HostError', kind: 'Invalid' }) as Error;

describe('at the door', () => {
  const uid = randomUUID();
  const partition = randomUUID();

  it.each(['', 'x', uid.toUpperCase(), `${uid} `, `${uid}\n`, uid.replaceAll('-', '')])('%j is no UUID', (value) => {
    expect(() => door.uuid('uuid', value)).toThrow(invalid);
  });

  it('a volume needs a UID and a name that fits into a device name', () => {
    expect(door.volume({ uid, name: 'pvc-1' })).toEqual({ uid, name: 'pvc-1' });
    for (const name of ['', 'A', 'a/b', 'a b', 'x-m1', 'a'.repeat(53)]) {
      expect(() => door.volume({ uid, name })).toThrow(invalid);
    }
    expect(() => door.volume(undefined)).toThrow(invalid);
  });

  it('an export is named exactly as its parts say', () => {
    const nqn = exportNQN(uid, partition, 7);
    expect(door.exportName('nqn', nqn)).toEqual({ nqn, volumeUID: uid, partitionUUID: partition, epoch: 7 });
    for (const wrong of [
      `${nqn}0x`,
      nqn.replace(':e7', ':e07'),
      nqn.replace(uid, 'x'),
      'nqn.2019-08.org.lab:a',
      `${nqn}\n`,
    ]) {
      expect(() => door.exportName('nqn', wrong)).toThrow(invalid);
    }
  });

  it('a host is named by an NQN that is safe in a path and in a list', () => {
    const { hostNQN } = hostIdentity('node-1');
    expect(door.hostNQN('host_nqn', hostNQN)).toBe(hostNQN);
    for (const wrong of [
      'nqn.2014-08.org/../x',
      'nqn.2014-08.org.a,hostid=1',
      'nqn.2014-08.org.a b',
      `nqn.2014-08.o.${'a'.repeat(220)}`,
    ]) {
      expect(() => door.hostNQN('host_nqn', wrong)).toThrow(invalid);
    }
  });

  it.each(['10.0.0.1', 'fd00::1'])('%s is an address', (address) => {
    const endpoint = { transport: Transport.TCP, address, port: 4420 };
    expect(door.endpoint(endpoint)).toEqual(endpoint);
  });

  it.each(['', 'host', '10.0.0', '10.0.0.1 ', 'fe80::1%eth0', '10.0.0.1,trsvcid=1'])('%j is no address', (address) => {
    expect(() => door.endpoint({ transport: Transport.TCP, address, port: 4420 })).toThrow(invalid);
  });

  it.each(['/a', '/var/lib/kubelet/pods/x/volumes/y~z/mount', '/a b', '/ä'])('%j is a path', (path) => {
    expect(door.path('path', path)).toBe(path);
  });

  it.each([
    '',
    '/',
    'a',
    '/a/',
    '/a/../b',
    '/a/./b',
    '//a',
    '/a\nb',
    '/a\0',
    `/${'a'.repeat(256)}`,
    `/${'a/'.repeat(2100)}b`,
  ])('%j is no path', (path) => {
    expect(() => door.path('path', path)).toThrow(invalid);
  });

  it('nothing that is accepted as a path has a way up or a control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('/', '.', 'a', '\n', '\0', ' ') }), (text) => {
        try {
          door.path('path', text);
        } catch {
          return;
        }
        expect(text.split('/')).not.toContain('..');
        expect(text).toMatch(/^\/[^\n\0]+$/);
      }),
    );
  });

  it('numbers are whole and within bounds', () => {
    for (const value of [-1, 1000, 0.5, NaN]) expect(() => door.slot(value)).toThrow(invalid);
    for (const value of [0, -1, 1.5, Infinity]) expect(() => door.epoch(value)).toThrow(invalid);
    for (const value of [0, -1, 2 ** 53, NaN]) expect(() => door.bytes('size', value, 1)).toThrow(invalid);
  });

  it('only xfs and ext4 are file systems here', () => {
    expect(() => door.fileSystem({ type: 'btrfs', uuid: uid })).toThrow(invalid);
    expect(() => door.fileSystem({ type: 'xfs', uuid: 'x' })).toThrow(invalid);
  });

  it('says which field, what was found and what was wanted', () => {
    expect(() => door.uuid('volume_uid', 'x')).toThrow('volume_uid is "x", which is not a UUID in lower case');
  });
});
