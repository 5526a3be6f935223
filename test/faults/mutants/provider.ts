import { within, type Mutant } from './mutant';

const partition = within('controllers/partition');
const agent = within('host/sim/agent');

/** What a provider serves, keeps and erases. */
export const providerMutants: readonly Mutant[] = [
  {
    name: 'skip-fencing',
    what: 'serves the next owner while the former one is still served',
    edits: [partition('decide', 'exports.filter(({ nqn }) => nqn !== wantedNQN(view))', '[] as typeof exports')],
    scenarios: ['drain-2', 'handover', 'lost-owner'],
  },
  {
    name: 'wipe-skipped',
    what: 'frees the space of a partition without erasing it',
    edits: [
      partition(
        'decide',
        "if (!wiped) return step('P1', { verb: 'wipe',",
        "if (Date.length < 0) return step('P1', { verb: 'wipe',",
      ),
    ],
    scenarios: ['deletion', 'drain-2'],
  },
  {
    name: 'wipe-little',
    what: 'erases the beginning of a partition only, and does not look',
    edits: [
      agent('wipe', 'while (position < device.cells) {', 'while (position < 8) {'),
      agent('wipe', 'device.cells - position);', '8 - position);'),
      agent('wipe', '  await verifyErased(device, call);\n', ''),
    ],
    scenarios: ['deletion', 'drain-2'],
  },
  {
    name: 'erase-recorded',
    what: 'erases a partition whose object was deleted, although its volume counts on it',
    edits: [partition('keep', 'if (!recorded) return undefined;', 'if (!recorded || metadata.name) return undefined;')],
    scenarios: ['swap', 'drain-2', 'scale-down'],
  },
  {
    name: 'leave-entry',
    what: 'lets go of the object of a partition that is still on the drive',
    edits: [
      partition(
        'decide',
        "return step('P1', { verb: 'deleteEntry' });",
        "return step('P1', { verb: 'dropFinalizer' });",
      ),
    ],
    scenarios: ['deletion'],
  },
  {
    name: 'unknown-is-absent',
    what: 'takes a partition that cannot be read for one that is not there',
    edits: [
      partition(
        'observe',
        "if (first.error.kind === 'Unreachable') {",
        "if (first.error.kind === 'Unreachable') return { state: 'absent' };\n  if (first.error.kind === 'Unreachable') {",
      ),
    ],
    scenarios: ['deletion', 'drain-2', 'provision'],
  },
  {
    name: 'later-epoch-ended',
    what: 'ends the export of a later epoch than its cache shows',
    edits: [partition('decide', 'some((epoch) => epoch > spec.epoch)', 'some((epoch) => epoch < 0)')],
    scenarios: ['handover'],
    by: /node1:past/,
  },
  {
    name: 'name-trusted',
    what: 'makes a partition on the drive that has the name now which the planned one had',
    edits: [
      partition('decide', 'driveId: spec.deviceID,', 'driveId: spec.device,'),
      partition(
        'act',
        'await host.createPartition(request);',
        'const { drives } = await host.listDrives({});\n    const named = drives.find(({ name }) => name === request.driveId);\n    await host.createPartition({ ...request, driveId: named!.id });',
      ),
    ],
    scenarios: ['renamed-drives'],
  },
];
