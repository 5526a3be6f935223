import { leavesArraysAlone, makesNoBadBlockList, withRules } from '../../../src/host/linux/setup/mdadm-conf';

describe('mdadm.conf', () => {
  it.each([
    ['', false],
    ['AUTO -all\n', true],
    ['auto -ALL', true],
    ['# AUTO -all\n', false],
    ['AUTO +1.x -all\n', false],
    ['AUTO\n  -all\n', true],
    ['DEVICE partitions\nAUTO -all # keep\n', true],
    ['AUTO homehost\nAUTO -all\n', false],
    ['MAILADDR root\n', false],
  ])('%j: leaves arrays alone: %s', (text, expected) => {
    expect(leavesArraysAlone(text)).toBe(expected);
  });

  it.each([
    ['CREATE owner=root bbl=no\n', true],
    ['CREATE bbl=yes\nCREATE bbl=no\n', true],
    ['CREATE bbl=no\nCREATE bbl=yes\n', false],
    ['', false],
  ])('%j: makes no bad-block list: %s', (text, expected) => {
    expect(makesNoBadBlockList(text)).toBe(expected);
  });

  it.each(['', 'MAILADDR root', 'AUTO +all\n', 'ARRAY /dev/md0 UUID=1:2:3:4\nAUTO homehost\n', 'CREATE bbl=yes\n'])(
    'gets what is missing and keeps what was there: %j',
    (before) => {
      const after = withRules(before, { auto: true, create: true });
      expect(leavesArraysAlone(after)).toBe(true);
      expect(makesNoBadBlockList(after)).toBe(true);
      expect(after).toContain(before);
      expect(withRules(after, { auto: true, create: true })).toBe(after);
    },
  );

  it('is left as it is where nothing is missing', () => {
    const text = 'AUTO -all\nCREATE bbl=no\n';
    expect(withRules(text, { auto: true, create: true })).toBe(text);
    expect(withRules('AUTO -all', { auto: true, create: false })).toBe('AUTO -all');
  });
});
