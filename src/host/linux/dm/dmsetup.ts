import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError, type Argv, type RunOptions } from '../exec';
import type { Host } from '../host';
import { parseStatus, parseTables, type MapState } from '../parse/dmsetup';
import type { DmDevice } from './devices';

/**
 * Commands on device-mapper devices. All name the device by its UUID. None waits for udev (--noudevsync): udev may
 * be on the other side of a container's wall, and its queue is nothing a volume should depend on.
 */

/** udev and the like open a new device for a moment; longer than this somebody really uses it. */
const briefUseMs = 2_000;
/** Asking device-mapper touches no device. */
const statusCapMs = 5_000;

interface Named {
  readonly uuid: string;
}

/** Makes a device. Busy: a device of that name or UUID is there, or something has claimed what it is to lie on. */
export async function create(host: Host, name: string, uuid: string, table: string, call: Call): Promise<void> {
  const argv: Argv = ['dmsetup', 'create', name, '--uuid', uuid, '--noudevsync', '--table', table];
  await unlessBrieflyUsed(call, `cannot make ${name}`, () => change(host, uuid, argv, { call }));
}

/** Whatever was known of the device before counts no more, also when the command fails. */
async function change(host: Host, uuid: string, argv: Argv, options: RunOptions): Promise<void> {
  const forget = () => host.recent.paths.forget((key) => key === uuid);
  forget();
  try {
    await host.exec.run(argv, options);
  } finally {
    forget();
  }
}

/** Prepares a new table, which takes effect at the next resume. Busy: something has claimed what it leads to. */
export async function load(host: Host, { uuid }: Named, table: string, call: Call): Promise<void> {
  const argv: Argv = ['dmsetup', 'load', '--uuid', uuid, '--table', table];
  await unlessBrieflyUsed(call, `cannot load ${uuid}`, () => change(host, uuid, argv, { call }));
}

/** Drops a table that was loaded and has not taken effect; none is no error. */
export async function clear(host: Host, { uuid }: Named, call: Call): Promise<void> {
  await change(host, uuid, ['dmsetup', 'clear', '--uuid', uuid], { call });
}

/**
 * Holds new I/O and waits for what is below already; neither flushes nor freezes what is above.
 * `onDeadline` as for a process: see members/reload.ts for why a member's map must not be disturbed in it.
 */
export async function suspend(host: Host, { uuid }: Named, call: Call, onDeadline: 'kill' | 'leave'): Promise<void> {
  await change(host, uuid, ['dmsetup', 'suspend', '--noflush', '--nolockfs', '--uuid', uuid], { call, onDeadline });
}

export async function resume(host: Host, { uuid }: Named, call: Call): Promise<void> {
  await change(host, uuid, ['dmsetup', 'resume', '--noudevsync', '--uuid', uuid], { call });
}

export async function message(host: Host, { uuid }: Named, text: string, call: Call): Promise<void> {
  await change(host, uuid, ['dmsetup', 'message', '--uuid', uuid, '0', ...text.split(' ')], { call });
}

/** Removes a device. Busy: it is open. */
export async function remove(host: Host, device: DmDevice, call: Call): Promise<void> {
  const argv: Argv = ['dmsetup', 'remove', '--noudevsync', '--uuid', device.uuid];
  await unlessBrieflyUsed(call, `cannot remove ${device.name}`, () => change(host, device.uuid, argv, { call }));
}

/** What the kernel says of devices now, by name; of one that is gone meanwhile nothing. */
export async function states(host: Host, devices: readonly DmDevice[], call: Call): Promise<Map<string, DeviceState>> {
  if (devices.length === 0) return new Map();
  const [status, tables] = await Promise.all([
    statuses(host, devices, call),
    ask(host, ['dmsetup', 'table'], devices, call),
  ]);
  // For a single device it leaves the name out.
  const prefix = devices.length === 1 ? `${devices[0]!.name}: ` : '';
  const table = parseTables(prefix + tables);
  return new Map([...status].map(([name, state]) => [name, { ...state, table: table.get(name) ?? '' }]));
}

/** As `states`, without the tables: one program instead of two. */
export async function statuses(host: Host, devices: readonly DmDevice[], call: Call): Promise<Map<string, MapState>> {
  if (devices.length === 0) return new Map();
  return parseStatus(await ask(host, ['dmsetup', 'status', '--noflush', '-v'], devices, call));
}

async function ask(host: Host, argv: Argv, devices: readonly DmDevice[], call: Call): Promise<string> {
  const options = { call, capMs: statusCapMs, accept: [0, 1], readOnly: true };
  const { stdout } = await host.exec.run([...argv, ...devices.map(({ name }) => name)], options);
  return stdout.toString();
}

export interface DeviceState extends MapState {
  /** Start, length in sectors, target and its arguments. */
  readonly table: string;
}

export async function state(host: Host, device: DmDevice, call: Call): Promise<DeviceState> {
  const found = (await states(host, [device], call)).get(device.name);
  if (!found) throw new HostError('NotFound', `${device.name} is gone`);
  return found;
}

async function unlessBrieflyUsed(call: Call, what: string, attempt: () => Promise<unknown>): Promise<void> {
  let last: CommandError | undefined;
  const done = await call.poll(briefUseMs, 100, async () => {
    try {
      await attempt();
      return true;
    } catch (error) {
      if (!(error instanceof CommandError) || !error.stderr.includes('busy')) throw error;
      last = error;
      return undefined;
    }
  });
  if (!done) throw new HostError('Busy', `${what}: ${last!.stderr.trim().split('\n')[0]}`, { cause: last });
}
