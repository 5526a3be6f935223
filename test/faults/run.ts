import { setImmediate } from 'node:timers/promises';
import { cellBytes } from '../../src/host/sim';
import type { Extent } from '../integration/suite/world';
import { contentOf, partitionsOn } from '../support/cluster/machines';
import { driveBytes } from '../support/cluster/simulated-world';
import { shapeOf } from '../support/cluster/shape';
import { VirtualWorld } from '../support/cluster/virtual-world';
import type { Fault } from './plan';
import { Stage, type Scenario } from './stage';
import { Striker } from './striker';

/** What came of one run. */
export interface Outcome {
  /** What must never be, in words; empty: all is well. */
  readonly wrong: readonly string[];
  /** Where the volume and everything else ended up, as text. */
  readonly end: string;
  /** Whether every fault came to pass. */
  readonly struck: boolean;
  /** Whom news can miss. */
  readonly processes: readonly string[];
}

/** As long as nothing is written but heartbeats, all is at rest. */
const quietMs = 20_000;
const heartbeats = /^(leases|meshstornodedevices)\./;
const stepMs = 10_000;
/** Longer than any time-out of MeshStor. */
const restlessMs = 900_000;

/** Runs a scenario in a world of its own with these faults. `goal` is where it ends without any. */
export async function run(scenario: Scenario, faults: readonly Fault[], goal?: string) {
  const world = await VirtualWorld.start(scenario.world);
  const stage = new Stage(world);
  const striker = new Striker(world, faults, stage.isolated);
  const wrong: string[] = [];
  let end = '';
  try {
    await scenario.prepare(stage);
    await world.check();
    watchRecord(scenario, stage);
    striker.arm();
    await scenario.act(stage);
    striker.mark();
    await rest(world, () => striker.mark());
    await world.check();
    end = await ending(stage);
    if (scenario.anywhere) end = withoutPlaces(end);
    if (goal !== undefined && end !== goal) wrong.push(difference(end, goal));
  } catch (error) {
    const seen = await world.check().then(
      () => [],
      (violation: Error) => [violation.message],
    );
    wrong.push(...new Set([...seen, error instanceof Error ? error.message : String(error)]));
  }
  if (striker.runaway) wrong.push('there is no end of calls');
  wrong.push(...stage.writer.wrong);
  await world.stop();
  // What was under way ends here.
  await setImmediate();
  const processes = ['controller', ...world.nodes];
  const outcome: Outcome = { wrong, end, struck: striker.struck, processes };
  return { outcome, striker };
}

/** The number of members on record never falls below what the scenario may cost. */
function watchRecord({ name, least }: Scenario, { world, writer }: Stage): void {
  world.records.onVolume(({ status, metadata }, before) => {
    const [now, was] = [status?.inSync?.length ?? 0, before?.status?.inSync?.length ?? 0];
    if (now >= least || now >= was || metadata.deletionTimestamp) return;
    writer.wrong.push(`${now} members are left on record, and ${name} has to keep ${least}`);
  });
}

/** Waits until nothing is written any more; what never rests is a fault of its own. */
async function rest(world: VirtualWorld, written: () => void): Promise<void> {
  const since = world.clock.now();
  let [writes, quietSince] = [writesOf(world), since];
  while (world.clock.now() - quietSince < quietMs) {
    await world.pass(stepMs);
    const now = writesOf(world);
    if (now !== writes) written();
    if (now !== writes) [writes, quietSince] = [now, world.clock.now()];
    if (world.clock.now() - since > restlessMs) throw new Error('there is no end of writing');
  }
}

/** Everything that was stored but what nodes report all the time. */
function writesOf(world: VirtualWorld): number {
  let sum = 0;
  for (const [table, count] of world.hooks.counters.changes) if (!heartbeats.test(table)) sum += count;
  return sum;
}

async function ending(stage: Stage): Promise<string> {
  const { world, writer, pod } = stage;
  if (pod) {
    await writer.stop();
    await writer.verify(pod);
    await world.check();
  }
  const volumes = world.records.volumes();
  const shapes = await world.done(Promise.all(volumes.map((volume) => shapeOf(world, volume))));
  for (const left of remnants(world)) stage.writer.wrong.push(left);
  const machines = shapes.length > 0 ? [] : await world.traces();
  return JSON.stringify({ shapes, machines }, undefined, 1);
}

/** What is written on drives where no partition is: nobody's, and readable for whoever gets the space. */
function remnants(world: VirtualWorld): string[] {
  return world.machines.flatMap((machine) => {
    const partitions = partitionsOn(machine).map(({ extent }) => extent);
    return machine.drives.flatMap(({ id }) => {
      const used = partitions.filter(({ drive }) => drive === id);
      const whole = { node: machine.name, drive: id, offsetBytes: 0, sizeBytes: driveBytes };
      const found = [...contentOf(machine, whole).keys()].filter(
        (cell) => cell >= firstCell && !used.some((extent) => isWithin(cell * cellBytes, extent)),
      );
      return found.length > 0 ? [`${id}: ${found.length} cells hold data where no partition is`] : [];
    });
  });
}

/** Before it is the partition table. */
const firstCell = 256;
const isWithin = (at: number, { offsetBytes, sizeBytes }: Extent): boolean =>
  at >= offsetBytes && at < offsetBytes + sizeBytes;

const withoutPlaces = (end: string): string =>
  end
    .replaceAll(/\bnode\d+|(?<=\bslot"?:? |\brole |-m)\d+/g, '#')
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
    .sort()
    .join('\n');

function difference(end: string, goal: string): string {
  const [is, was] = [end.split('\n'), goal.split('\n')];
  const more = is.filter((line) => !was.includes(line)).map((line) => `+${line}`);
  const less = was.filter((line) => !is.includes(line)).map((line) => `-${line}`);
  return `ends elsewhere than without faults:\n${[...less, ...more].join('\n')}`;
}
