import { parseExportNQN } from '../../../api/identity';
import { ArrayMemberState } from '../../gen/host';
import { arrayOver } from '../arrays/read';
import type { Call } from '../call';
import { isMemberMap, listDevices } from '../dm/devices';
import { message } from '../dm/dmsetup';
import { listHardware } from '../drives/hardware';
import { ourEntries, readTable } from '../drives/table';
import type { Host } from '../host';
import { observeMember } from '../members/observe';

/**
 * Arrays that somebody started on MeshStor's partitions or imports themselves; ours are always on member maps.
 * They are stopped; the sentences are about those that could not be.
 */
export async function stopStrayArrays(host: Host, call: Call): Promise<string[]> {
  const warnings: string[] = [];
  const arrays = (await host.sysfs.list('block')).filter((name) => /^md/.test(name));
  const ours = arrays.length > 0 ? await bareDevices(host, call) : new Set<string>();
  for (const name of arrays) {
    const slaves = await host.sysfs.list(`block/${name}/slaves`);
    const taken = slaves.filter((slave) => ours.has(slave));
    if (taken.length === 0) continue;
    try {
      await host.exec.run(['mdadm', '--stop', `${host.paths.dev}/${name}`], { call });
      host.log.warn('stray array stopped', { array: name, members: taken });
    } catch (error) {
      warnings.push(`array ${name} was started on MeshStor's ${taken.join(', ')} by somebody else: ${String(error)}`);
    }
  }
  return warnings;
}

/** MeshStor's partitions and imported namespaces, by kernel name. */
async function bareDevices(host: Host, call: Call): Promise<Set<string>> {
  const names = new Set<string>();
  for (const name of await host.sysfs.list('block')) {
    const parent = (await host.sysfs.link(`block/${name}/device`))?.split('/').at(-1);
    const nqn = await host.sysfs.text(`class/nvme-subsystem/${parent}/subsysnqn`);
    if (nqn !== undefined && parseExportNQN(nqn)) names.add(name);
  }
  for (const drive of await listHardware(host)) {
    const table = await readTable(host, drive, call).catch(() => undefined);
    for (const { number } of ourEntries(table, drive)) names.add(`${drive.name}p${number}`);
  }
  return names;
}

/**
 * Lets every member that md counts as in sync wait for its path again. A map that does not is one whose reload was
 * broken off with the agent (members/reload.ts), or one that was told to fail a moment ago; whoever told it looks
 * again and repeats that, after the record of it was made.
 */
export async function holdMembers(host: Host, call: Call): Promise<void> {
  const maps = (await listDevices(host)).filter(isMemberMap);
  for (const map of maps) {
    const array = await arrayOver(host, [map]);
    if (array?.members[0]?.state !== ArrayMemberState.IN_SYNC) continue;
    const { queueing } = await observeMember(host, map, call);
    if (queueing || map.suspended) continue;
    await message(host, map, 'queue_if_no_path', call).catch((error: unknown) => {
      host.log.error('member not held', { map: map.name, error: String(error) });
    });
  }
}
