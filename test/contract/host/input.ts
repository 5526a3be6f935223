import { arrayUUID } from '../../../src/api/identity';
import type { HostAgent, HostVerb } from '../../../src/host/contract';
import { AddMode } from '../../../src/host/gen/host';
import type { Bench } from './suite';
import { expectHostError } from './volume';

const hostile: [string, string][] = [
  ['nothing', ''],
  ['a way up', '..'],
  ['a slash', '/'],
  ['a way out', 'a/../../etc'],
  ['a newline', 'a\nb'],
  ['a NUL', 'a\0b'],
  ['an option', '-x'],
  ['300 characters', 'a'.repeat(300)],
];
const hostilePaths: [string, string][] = [
  ...hostile,
  ['a path with a way up', '/mnt/../etc'],
  ['a path with a newline', '/mnt/a\nb'],
  ['a path with a NUL', '/mnt/a\0b'],
  ['a path with a long name', `/mnt/${'a'.repeat(300)}`],
  ['a path with an empty part', '/mnt//a'],
];

/** Fields that hold a path, and ones whose text is one of a fixed set. */
const paths = new Set(['path', 'source']);
const enums = new Set(['level', 'mode', 'transport']);

type Place = readonly (string | number)[];

/** Where in a request there is a text from outside. */
function textsIn(value: unknown, place: Place = []): Place[] {
  if (typeof value === 'string') return enums.has(String(place.at(-1))) ? [] : [place];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...place, key]));
}

function withAt(value: unknown, [key, ...rest]: Place, text: string): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value))
    return value.map((inner: unknown, index) => (index === Number(key) ? withAt(inner, rest, text) : inner));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: withAt(fields[key], rest, text) };
}

export function describeInput(t: Bench): void {
  /** A well-formed request of every verb that takes texts. */
  const requests = (): Partial<Record<HostVerb, object>> => {
    const { a, b, volume } = t;
    const ref = { volume: volume.ref };
    const arrayUuid = arrayUUID(volume.uid);
    const array = { ...ref, arrayUuid };
    const path = `${a.scratch}/x`;
    return {
      getPartition: { uuid: volume.partition(0) },
      createPartition: volume.partitionRequest(a, 0),
      wipePartition: { uuid: volume.partition(0), offsetBytes: 0 },
      deletePartition: { uuid: volume.partition(0) },
      applyExport: volume.exportRequest(a, 0, [b]),
      fenceExport: { nqn: volume.nqn(0) },
      removeExport: { nqn: volume.nqn(0) },
      connect: volume.connectRequest(a, b, 1),
      disconnect: { nqn: volume.nqn(1) },
      getStack: { volumeUid: volume.uid },
      applyMember: volume.remoteMember(1),
      setMemberPolicy: { ...ref, slot: 0, queueing: true },
      removeMember: { ...ref, slot: 0 },
      createArray: volume.createRequest(),
      assembleArray: { ...array, members: [{ slot: 0, memberUuid: volume.partition(0) }], allowDegraded: false },
      addArrayMember: { ...array, slot: 1, mode: AddMode.FULL, writeMostly: false },
      removeArrayMember: { ...array, slot: 1 },
      replaceArrayMember: { ...array, slot: 1, withSlot: 2 },
      dropArrayMember: { ...array, slot: 1 },
      setArrayDevices: { ...array, raidDevices: 3 },
      stopArray: array,
      setSyncLimits: { ...array, minKibPerSecond: 1, maxKibPerSecond: 2 },
      applyVolumeDevice: array,
      suspendVolumeDevice: ref,
      resumeVolumeDevice: ref,
      removeVolumeDevice: ref,
      formatVolume: { ...ref, fileSystem: volume.fileSystem },
      mountVolume: { ...ref, fileSystem: volume.fileSystem, path, options: ['noatime'] },
      bindMount: { ...ref, source: path, path: `${path}-2`, readOnly: false },
      bindDevice: { ...ref, path, readOnly: false },
      unmount: { path },
      getPathStats: { path },
    };
  };
  const send = (verb: string, request: unknown) =>
    (t.a.agent[verb as keyof HostAgent] as (request: unknown) => Promise<unknown>)(request);

  describe('hostile input', () => {
    it('is invalid in every text of every verb, and changes nothing', async () => {
      const before = [await t.a.agent.listDrives({}), await t.a.agent.listStacks({})];
      const believed: string[] = [];
      for (const [verb, request] of Object.entries(requests())) {
        for (const place of textsIn(request)) {
          const isPath = paths.has(String(place[0])) && place.length === 1;
          for (const [what, text] of isPath ? hostilePaths : hostile) {
            const outcome = await send(verb, withAt(request, place, text)).then(
              () => 'was accepted',
              (error: { kind?: string }) => error.kind ?? 'failed without a kind',
            );
            if (outcome !== 'Invalid') believed.push(`${verb}.${place.join('.')} with ${what}: ${outcome}`);
          }
        }
      }
      expect(believed).toEqual([]);
      expect([await t.a.agent.listDrives({}), await t.a.agent.listStacks({})]).toEqual(before);
    });

    it.each<[string, HostVerb, object]>([
      ['a volume that is missing', 'removeVolumeDevice', { volume: undefined }],
      ['a slot below zero', 'removeMember', { slot: -1 }],
      ['a slot beyond reason', 'removeMember', { slot: 1_000_000 }],
      ['a partition without size', 'createPartition', { sizeBytes: 0 }],
      ['a partition of negative size', 'createPartition', { sizeBytes: -1 }],
      ['an endpoint that is missing', 'connect', { endpoint: undefined }],
      ['a source that is missing', 'applyMember', { source: undefined }],
      ['a file system that is missing', 'formatVolume', { fileSystem: undefined }],
      ['no mode', 'addArrayMember', { mode: AddMode.UNSPECIFIED }],
    ])('is invalid as a number or a part: %s', async (_what, verb, change) => {
      await expectHostError(send(verb, { ...requests()[verb], ...change }), 'Invalid');
    });

    it.each([0, -1, 65_536])('is invalid as a port: %d', async (port) => {
      const request = t.volume.connectRequest(t.a, t.b, 1);
      await expectHostError(t.a.agent.connect({ ...request, endpoint: { ...request.endpoint, port } }), 'Invalid');
    });
  });
}
