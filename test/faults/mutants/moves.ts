import { within, type Mutant } from './mutant';

const node = within('controllers/volume/node');
const cluster = within('controllers/volume/cluster');
const migration = within('controllers/migration');

/** Who owns a volume, where its copies go, and what is left behind. */
export const moveMutants: readonly Mutant[] = [
  {
    name: 'same-epoch',
    what: 'names another owner under the same epoch',
    edits: [cluster('decide', "epoch: owner.epoch + 1, purpose: 'Attach'", "epoch: owner.epoch, purpose: 'Attach'")],
    scenarios: ['handover'],
  },
  {
    name: 'remove-before-sync',
    what: 'gives up the old copy before the new one has the data',
    edits: [
      migration('decide', 'if (pending.length > 0) {', 'if (pending.length > 9) {'),
      migration('decide', 'if (held.some((source) => !isLeaving(source)) && staying < expected)', 'if (staying < 0)'),
      node('replace', 'staying.length < layout.expectedMembers || ', ''),
    ],
    scenarios: ['swap', 'drain-2', 'evacuation'],
  },
  {
    name: 'orders-from-the-dead',
    what: 'believes what a dead owner said: that its array runs, and that a lost member is there',
    edits: [
      migration('decide', 'isRecorded(view, source) && !isAway(view, source)', 'isRecorded(view, source)'),
      migration('view', ' && !deadNodes.has(owner!.nodeName)', ''),
    ],
    scenarios: ['replaced-owner'],
  },
  {
    name: 'stay-on',
    what: 'goes on with an array that another node is waiting for',
    edits: [node('decide', "  ['N2', notWanted],\n", '')],
    scenarios: ['handover'],
  },
  {
    name: 'leave-connections',
    what: 'leaves maps and connections of what is not the volume’s any more',
    edits: [node('decide', "  ['N3', leftovers],\n", '')],
    scenarios: ['swap', 'scale-down'],
  },
  {
    name: 'hold-what-md-dropped',
    what: 'does not tell the map of a member that md dropped to give its I/O back',
    edits: [node('losses', "verb: holds ? 'fail' : 'removeFromArray'", "verb: 'removeFromArray'")],
    scenarios: ['drain-1', 'scale-down'],
  },
  {
    name: 'no-fresh-look',
    what: 'takes a stack down because the cache does not know yet that it is this node’s',
    edits: [node('observe', '(!isMine && !isEmpty(stack)) || fenced', 'fenced')],
    scenarios: ['handover', 'provision', 'drain-2'],
  },
  {
    name: 'fail-loudly',
    what: 'puts maps under the array that give errors up instead of waiting for a path',
    edits: [
      within('host/sim/kernel/dm')('multipath', 'private queueIfNoPath = true;', 'private queueIfNoPath = false;'),
    ],
    scenarios: ['return', 'volatile-cache', 'replacement'],
  },
];
