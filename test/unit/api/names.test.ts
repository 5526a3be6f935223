import fc from 'fast-check';
import { isVolumeName, nodeDeviceName, nodeLabel, partitionName, volumeNameFor } from '../../../src/api/names';

describe('the name of a volume', () => {
  test.each(['pvc-0b7e3c1a-5c1b-4c39-9a43-0b1f7d1c9f10', 'a', '0', 'a-m', 'a-m1x', 'm0', 'x'.repeat(52)])(
    'is the one CreateVolume was called with where that can be one: %s',
    (name) => {
      expect(isVolumeName(name)).toBe(true);
      expect(volumeNameFor(name)).toBe(name);
    },
  );

  test.each([
    ['is empty', ''],
    ['is longer than device names allow', 'x'.repeat(53)],
    ['has capitals', 'PVC-1'],
    ['has an underscore', 'pvc_1'],
    ['has a dot', 'pvc.1'],
    ['begins with a dash, as an option does', '-rf'],
    ['ends with a dash', 'pvc-'],
    ['leads out of its directory', '../../etc/passwd'],
    ['ends a line', 'pvc\n'],
    ['has a second line', 'pvc\nx'],
    ['ends a string', 'pvc\0x'],
    ['is not ASCII', 'größe'],
    ['reads like the member map of another volume', 'pvc-1-m0'],
    ['reads like the member map of a high slot', 'pvc-1-m12'],
  ])('is derived from it where it %s', (_, requested) => {
    expect(isVolumeName(requested)).toBe(false);
    expect(volumeNameFor(requested)).toMatch(/^msv-[0-9a-f]{40}$/);
  });

  test.each([
    ['PVC_1', 'msv-c9c4f3f06e43a7ace24358b3fcd51435e71ab252'],
    ['x'.repeat(53), 'msv-8a04a39a6914f857bf2d4521caf08b098a5ae803'],
  ])('is derived in the same way in every release: %s', (requested, derived) => {
    expect(volumeNameFor(requested)).toBe(derived);
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.stringMatching(/^[a-zA-Z0-9._-]{0,80}$/),
    fc.stringMatching(/^[a-z]{1,8}-m[0-9]{1,3}$/),
  );
  test('whatever was requested, is a valid name, the same each time, and its own derivation', () => {
    const property = fc.property(anything, (requested) => {
      const name = volumeNameFor(requested);
      expect(isVolumeName(name)).toBe(true);
      expect(volumeNameFor(requested)).toBe(name);
      expect(volumeNameFor(name)).toBe(name);
    });
    fc.assert(property, { numRuns: 500 });
  });
  test('leaves room for every device name made of it, and never reads like a member map of another', () => {
    const property = fc.property(anything, fc.nat(63), (requested, slot) => {
      const name = volumeNameFor(requested);
      // device-mapper names hold 127 characters, labels 63.
      expect(`meshstor-${name}-m${slot}`.length).toBeLessThanOrEqual(127);
      expect(partitionName(name, slot).length).toBeLessThanOrEqual(63);
      expect(isVolumeName(`${name}-m${slot}`)).toBe(false);
    });
    fc.assert(property);
  });
});

describe('the name of a node', () => {
  test('is its own label up to the 63 characters a label holds', () => {
    expect(nodeLabel('n'.repeat(63))).toBe('n'.repeat(63));
    expect(nodeLabel('n'.repeat(64))).toBe('node-ce068a195ab380a813c713035ed74921acee4d3b');
  });
  test('as a label tells long names apart', () => {
    expect(nodeLabel(`${'n'.repeat(70)}a`)).not.toBe(nodeLabel(`${'n'.repeat(70)}b`));
  });
  test('and that of a drive make the name of its object, which holds 253 characters', () => {
    expect(nodeDeviceName('node1', 'nvme0n1')).toBe('node1-nvme0n1');
    expect(nodeDeviceName('n'.repeat(245), 'nvme0n1')).toHaveLength(253);
    expect(nodeDeviceName('n'.repeat(250), 'nvme0n1')).toBe('213b83271b358ed960938751e3f3f6d81cfb08fe-nvme0n1');
  });
});
