import { chunkBytes, clearedPartitionBytes, memberDataOffsetBytes } from '../../../api/layout';
import { mdUUID } from '../../../api/identity';
import { HostError } from '../../errors';
import { ArrayLevel, type Array as HostArray, type CreateArrayRequest, type VolumeRef } from '../../gen/host';
import type { Call } from '../call';
import * as door from '../door';
import { memberMaps } from '../dm/devices';
import { lockKeys, type Host } from '../host';
import { probe } from '../probe';
import { isZero, readBytes } from '../raw';
import { readSuperblock } from '../members/superblocks';
import { runningOrNone } from './inactive';
import { mdadm, setWriteMostly } from './mdadm';
import { arrayOver, describeArray } from './read';
import { checkShape, requireSameShape, type Shape } from './shape';
import { arrayName, describeAfterChange, lookAt, requireMember, type ReachableMember } from './volume';

export async function createArray(host: Host, request: CreateArrayRequest, call: Call): Promise<HostArray> {
  const volume = door.volume(request.volume);
  const shape = checkShape(request);
  await host.autoAssembly.require(call);
  return host.locks.run(lockKeys.array(volume.uid), call, async () => {
    const { members, array: found } = await lookAt(host, volume.uid, call);
    const array = await runningOrNone(host, found, call);
    if (array) {
      requireSameShape(array, shape);
      return (await describeArray(host, array))!;
    }
    const wanted = shape.slots.map((slot) => (slot < 0 ? undefined : requireMember(members, slot)));
    const present = wanted.filter((member) => member !== undefined);
    const maps = present.map(({ map }) => map);
    await host.superblocks.rewriting(maps, async () => {
      await Promise.all(present.map((member) => requireUnused(host, member, shape.arrayUUID, call)));
      await create(host, volume, shape, wanted, call);
    });
    return describeAfterChange(host, volume.uid, call);
  });
}

/**
 * A member that belongs to nothing, or to a creation of this very array that nobody was ever told of. Anything
 * else would be destroyed.
 */
async function requireUnused(host: Host, { map, path }: ReachableMember, array: string, call: Call): Promise<void> {
  const superblock = await readSuperblock(host, path.device, call, `map ${map.name}`);
  if (superblock) {
    if (superblock.arrayUUID !== array) {
      throw new HostError('Foreign', `${map.name} is a member of array ${superblock.arrayUUID}`);
    }
    const range = { offset: memberDataOffsetBytes, length: clearedPartitionBytes - memberDataOffsetBytes };
    if (!isZero(await readBytes(host, path.device, range, call, `map ${map.name}`))) {
      throw new HostError('Foreign', `${map.name} was a member of this array already, and holds data`);
    }
    await host.exec.run(['mdadm', '--zero-superblock', map.path], { call });
  }
  const other = await probe(host, path.device, call, `map ${map.name}`);
  if (other) throw new HostError('Foreign', `${map.name} holds a ${other.what}`);
}

async function create(
  host: Host,
  volume: VolumeRef,
  shape: Shape,
  members: readonly (ReachableMember | undefined)[],
  call: Call,
): Promise<void> {
  const { level, raidDevices, mirrors, arrayUUID } = shape;
  const layout =
    level === ArrayLevel.RAID1
      ? ['--level=1']
      : ['--level=10', `--layout=n${mirrors}`, `--chunk=${chunkBytes / 1024}K`];
  await mdadm(
    host,
    [
      '--create',
      `${host.paths.dev}/md/${arrayName(volume)}`,
      ...layout,
      `--raid-devices=${raidDevices}`,
      `--uuid=${mdUUID(arrayUUID)}`,
      `--name=${arrayName(volume)}`,
      '--homehost=any',
      '--metadata=1.2',
      // mdadm 4.4 makes none by default, and without --run asks questions.
      '--bitmap=internal',
      '--run',
      `--data-offset=${memberDataOffsetBytes / 1024}K`,
      ...members.map((member) => member?.map.path ?? 'missing'),
    ],
    call,
  );
  const array = await arrayOver(host, await memberMaps(host, volume.uid));
  const wanted = members.filter((member) => member !== undefined);
  if (!array?.running || array.members.length !== wanted.length) {
    throw new HostError('Internal', `mdadm made array ${arrayUUID} otherwise than it was told`);
  }
  if (level !== ArrayLevel.RAID1) return;
  for (const { map } of array.members) {
    if (shape.remote.includes(map.member.slot)) await setWriteMostly(host, array, map.kernelName, true, call);
  }
}
