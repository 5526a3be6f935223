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
    name: 'providers-untold',
    what: 'does not tell providers of the next owner',
    edits: [cluster('decide', "  ['C9', alignPartitions],\n", '')],
    scenarios: ['handover'],
  },
  {
    name: 'owner-unlabelled',
    what: 'does not show the volume to its next owner',
    edits: [cluster('decide', "  ['C10', labelVolume],\n", '')],
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
    name: 'grant-early',
    what: 'names the next owner while the former one uses the volume',
    edits: [
      cluster(
        'decide',
        'if (mayRun(view) && !view.handoverOverdue)',
        'if (mayRun(view) && !view.volume.spec.nodeName)',
      ),
    ],
    scenarios: ['taken-away'],
  },
];
