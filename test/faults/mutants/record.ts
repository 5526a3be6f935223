import { within, type Mutant } from './mutant';

const edit = within('controllers/volume/node');

/** What is on record, and when. */
export const recordMutants: readonly Mutant[] = [
  {
    name: 'skip-record',
    what: 'lets a member fail before the record says that it is lost',
    edits: [
      edit(
        'losses',
        'if (shrinks && coverAll(layout, [...kept, ...gained])) {',
        "if (shrinks) return recorded.filter(isLost).map(({ slot }): Action => ({ verb: 'fail', slot }));\n  if (shrinks && coverAll(layout, [...kept, ...gained])) {",
      ),
    ],
    scenarios: ['return', 'replacement'],
  },
  {
    name: 'shrink-to-nothing',
    what: 'takes the last member that has the data off the record and lets it fail',
    edits: [edit('losses', 'if (shrinks && coverAll(layout, [...kept, ...gained])) {', 'if (shrinks) {')],
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
];
