import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  memberName,
  memberUUID,
  parseDmUUID,
  volumeDeviceName,
  volumeDeviceUUID,
  volumeNameOf,
} from '../../../src/host/dm-names';

const uuids = fc.uuid().map((uuid) => uuid.toLowerCase());

describe("names of a volume's devices", () => {
  it("hold a member's identity, which can be read back", () => {
    fc.assert(
      fc.property(
        uuids,
        uuids,
        fc.nat(999),
        fc.integer({ min: 1, max: 2 ** 40 }),
        (volumeUID, partitionUUID, slot, epoch) => {
          const member = { volumeUID, partitionUUID, slot, epoch };
          expect(parseDmUUID(memberUUID(member))).toEqual({ volumeUID, member });
          expect(parseDmUUID(volumeDeviceUUID(volumeUID))).toEqual({ volumeUID });
        },
      ),
    );
  });

  it('fit into what the kernel allows', () => {
    const member = { volumeUID: randomUUID(), partitionUUID: randomUUID(), slot: 999, epoch: Number.MAX_SAFE_INTEGER };
    expect(memberUUID(member).length).toBeLessThanOrEqual(128);
    expect(memberName({ uid: '', name: 'a'.repeat(52) }, 999).length).toBeLessThanOrEqual(127);
  });

  it.each([
    '',
    'LVM-abc',
    'MESHSTOR-',
    `mpath-${randomUUID()}`,
    `MESHSTOR-${randomUUID()}-m1`,
    `xMESHSTOR-${randomUUID()}`,
  ])('are not seen in %j', (uuid) => {
    expect(parseDmUUID(uuid)).toBeUndefined();
  });

  it("give the volume's name back", () => {
    const volume = { uid: '', name: 'pvc-m1-x' };
    expect(volumeNameOf(volumeDeviceName(volume), false)).toBe('pvc-m1-x');
    expect(volumeNameOf(memberName(volume, 12), true)).toBe('pvc-m1-x');
  });
});
