import { within, type Mutant } from './mutant';

const edit = within('controllers/volume/node');
const agent = within('host/sim/agent');

/** What is on record, and when. */
export const recordMutants: readonly Mutant[] = [
  {
    name: 'skip-record',
    what: 'lets a member fail before the record says that it is lost',
    edits: [
      edit(
        'losses',
        'if (shrinks && coverAll(layout, [...kept, ...gained].filter(isReached))) {',
        "if (shrinks) return recorded.filter(isLost).map(({ slot }): Action => ({ verb: 'fail', slot }));\n  if (shrinks && coverAll(layout, [...kept, ...gained].filter(isReached))) {",
      ),
    ],
    scenarios: ['return', 'replacement'],
  },
  {
    name: 'shrink-to-nothing',
    what: 'takes the last member that has the data off the record and lets it fail',
    edits: [
      edit('losses', 'if (shrinks && coverAll(layout, [...kept, ...gained].filter(isReached))) {', 'if (shrinks) {'),
    ],
    scenarios: ['only-copy'],
  },
  {
    name: 'record-unsynced',
    what: 'records a member that md is still synchronising',
    edits: [edit('grow', 'if (!isInSyncPerMd(leg) || !isUsable(leg)', 'if (!leg.inArray || !isUsable(leg)')],
    scenarios: ['provision', 'swap'],
  },
  {
    name: 'drop-before-record',
    what: 'takes a member out of the array that is still on record',
    edits: [
      edit(
        'replace',
        'leg !== leaving);\n  const inSync',
        "leg !== leaving);\n  if (leaving) return [{ verb: 'dropFromArray', slot: leaving.slot }];\n  const inSync",
      ),
    ],
    scenarios: ['swap', 'scale-down'],
  },
  {
    name: 'create-twice',
    what: 'makes the array anew although it was made before',
    edits: [
      edit('build', 'if (stack.array || wasCreated(view)) return undefined;', 'if (stack.array) return undefined;'),
    ],
    scenarios: ['handover'],
  },
  {
    name: 'forget-created',
    what: 'writes down a new date of creation with every status',
    edits: [edit('status', 'previous?.array?.createdAt ?? (facts.inSync ? now : undefined)', 'now')],
    scenarios: ['provision', 'handover'],
  },
  {
    name: 'format-twice',
    what: 'makes the file system although it was made before',
    edits: [edit('grow', 'volume.status?.formattedAt === undefined', 'true')],
    scenarios: ['handover'],
  },
  {
    name: 'format-unrecorded',
    what: 'does not write down that the file system was made',
    edits: [edit('status', 'previous?.formattedAt ?? (facts.formatted ? now : undefined)', 'undefined')],
    scenarios: ['provision'],
  },
  {
    name: 'start-without',
    what: 'starts the array with what is there, although a recorded member is still on its way',
    edits: [
      edit(
        'build',
        'if (missing.length + orphans.length > 0 || !coverAll(layout, ready)',
        'if (missing.length + orphans.length > 9 || !coverAll(layout, ready)',
      ),
    ],
    scenarios: ['handover', 'drain-2'],
  },
  {
    name: 'start-outdated',
    what: 'starts the array with every member that carries its superblock, recorded or not (`--force`)',
    edits: [
      edit('build', 'const recorded = legs.filter((leg) => leg.recorded);', 'const recorded = legs.filter(isUsable);'),
      edit(
        'build',
        'isReached(leg) && isWhoItShouldBe(leg, arrayUUID)',
        'leg.member?.superblock?.arrayUuid === arrayUUID',
      ),
      edit(
        'build',
        'const record = inThisSession(view, ready, kept);\n  if (record) return [record];',
        'if (Date.length < 0) return [inThisSession(view, ready, kept)!];',
      ),
      edit(
        'build',
        'memberUUID: recorded!.memberUUID }',
        'memberUUID: (recorded?.memberUUID ?? member!.superblock!.memberUuid) }',
      ),
      edit('build', 'ready.map(({ slot, recorded }) =>', 'ready.map(({ slot, recorded, member }) =>'),
      agent('assemble', 'chooseMembers(found, { run: allowDegraded })', 'chooseMembers(found, { force: true })'),
      agent('assemble', '{ run: allowDegraded }, done)', '{ force: true }, done)'),
    ],
    scenarios: ['outdated-half'],
  },
  {
    name: 'always-by-bitmap',
    what: 'takes every former member back by the bitmap, whatever happened since it left',
    edits: [
      edit(
        'departures',
        "if (!departed || departed.faulty || view.layout.level !== 'raid1' || !isUsable(leg)) return false;",
        'if (isUsable(leg)) return member?.superblock?.arrayUuid === view.arrayUUID;\n  if (!departed) return false;',
      ),
    ],
    scenarios: ['outdated-half', 'volatile-cache'],
  },
  {
    name: 'epoch-unchecked',
    what: 'takes an array of an earlier epoch for that of the present one',
    edits: [
      edit('view', '  if (stack.members.some(({ epoch }) => epoch !== owner.epoch)) return undefined;\n', ''),
      agent('members', 'if (present.epoch !== wanted.epoch) {', 'if (present.epoch < 0) {'),
    ],
    scenarios: ['owner-again'],
  },
  {
    name: 'cache-trusted',
    what: 'counts on a drive that may have forgotten what it had acknowledged',
    edits: [
      edit(
        'sessions',
        'recorded?.driveSession !== undefined && recorded.driveSession !== partition.status?.driveSession',
        'recorded?.driveSession === partition.metadata.name',
      ),
    ],
    scenarios: ['all-restart', 'unrecorded-restart'],
  },
  {
    name: 'unconfirmed',
    what: 'acts as the owner by its cache alone, without a read from etcd',
    edits: [edit('act', 'confirm: () => hands.record.confirm(owner().volume)', 'confirm: async () => owner().volume')],
    scenarios: ['handover', 'drain-1'],
  },
];
