import { HostError } from '../../errors';
import type { Call } from '../call';
import { CommandError, type Argv } from '../exec';
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
  await unlessBrieflyUsed(call, `cannot make ${name}`, () =>
    host.exec.run(['dmsetup', 'create', name, '--uuid', uuid, '--noudevsync', '--table', table], { call }),
  );
}

/** Makes /dev/mapper/<name> where no udev does. For a device that others than this agent open, and by its name. */
export async function makeNode(host: Host, name: string, call: Call): Promise<void> {
  await host.exec.run(['dmsetup', 'mknodes', name], { call });
}

/** Prepares a new table, which takes effect at the next resume. Busy: something has claimed what it leads to. */
export async function load(host: Host, { uuid }: Named, table: string, call: Call): Promise<void> {
  await unlessBrieflyUsed(call, `cannot load ${uuid}`, () =>
    host.exec.run(['dmsetup', 'load', '--uuid', uuid, '--table', table], { call }),
  );
}

/** Drops a table that was loaded and has not taken effect; none is no error. */
export async function clear(host: Host, { uuid }: Named, call: Call): Promise<void> {
  await host.exec.run(['dmsetup', 'clear', '--uuid', uuid], { call });
}

/**
 * Holds new I/O and waits for what is below already; neither flushes nor freezes what is above.
 * `onDeadline` as for a process: see members/reload.ts for why a member's map must not be disturbed in it.
 */
export async function suspend(host: Host, { uuid }: Named, call: Call, onDeadline: 'kill' | 'leave'): Promise<void> {
  await host.exec.run(['dmsetup', 'suspend', '--noflush', '--nolockfs', '--uuid', uuid], { call, onDeadline });
}

export async function resume(host: Host, { uuid }: Named, call: Call): Promise<void> {
  await host.exec.run(['dmsetup', 'resume', '--noudevsync', '--uuid', uuid], { call });
}

export async function message(host: Host, { uuid }: Named, text: string, call: Call): Promise<void> {
  await host.exec.run(['dmsetup', 'message', '--uuid', uuid, '0', ...text.split(' ')], { call });
}

/** Removes a device. Busy: it is open. */
export async function remove(host: Host, device: DmDevice, call: Call): Promise<void> {
  await unlessBrieflyUsed(call, `cannot remove ${device.name}`, () =>
    host.exec.run(['dmsetup', 'remove', '--noudevsync', '--uuid', device.uuid], { call }),
  );
}

/** What the kernel says of devices now, by name; of one that is gone meanwhile nothing. */
export async function states(host: Host, devices: readonly DmDevice[], call: Call): Promise<Map<string, DeviceState>> {
  if (devices.length === 0) return new Map();
  const names = devices.map(({ name }) => name);
  const ask = (argv: Argv) =>
    host.exec.run([...argv, ...names], { call, capMs: statusCapMs, accept: [0, 1], readOnly: true });
  const [status, tables] = await Promise.all([
    ask(['dmsetup', 'status', '--noflush', '-v']),
    ask(['dmsetup', 'table']),
  ]);
  // For a single device it leaves the name out.
  const prefix = names.length === 1 ? `${names[0]}: ` : '';
  const table = parseTables(prefix + tables.stdout.toString());
  const found = [...parseStatus(status.stdout.toString())];
  return new Map(found.map(([name, state]) => [name, { ...state, table: table.get(name) ?? '' }]));
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
