import { liftSyncLimit } from '../../../src/host/linux/arrays/mdadm';
import type { MdArray } from '../../../src/host/linux/arrays/read';
import { Machine } from './support/machine';

describe('the speed at which md synchronises', () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.end());

  it.each([
    {
      what: 'is limited by drives and network alone where nobody set a limit',
      shown: '200000 (system)',
      writes: ['100000000'],
    },
    { what: 'keeps a limit that the array was given', shown: '50000 (local)', writes: [] },
  ])('$what', async ({ shown, writes }) => {
    machine.write('sys/block/md127/md/sync_speed_max', shown);
    machine.exec.on(/^dd of=.*\/sys\/block\/md127\/md\/sync_speed_max /);
    await liftSyncLimit(machine.host, { name: 'md127' } as MdArray, machine.call());
    expect(machine.exec.inputs).toEqual(writes);
  });
});
