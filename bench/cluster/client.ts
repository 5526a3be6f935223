import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { KubeObject } from '../../src/api/meta';
import type { MeshStorPartition } from '../../src/api/gen/meshstorpartition';
import type { MeshStorVolume } from '../../src/api/gen/meshstorvolume';
import { partitions, volumes } from '../../src/api/resources';
import { Informer } from '../../src/runtime/cache/informer';
import { packedStore } from '../../src/runtime/cache/packed/codec';
import { CodecStore, plainStore, type Codec, type Store } from '../../src/runtime/cache/store';
import { systemClock, systemRandom } from '../../src/runtime/clock';
import { anonymous } from '../../src/runtime/kube/connection';
import { createHttpKubeClient } from '../../src/runtime/kube/http';
import type { Logger } from '../../src/runtime/log';
import { sample } from './objects';

/** Fills the two caches of the controller from a server, and prints what that cost this process. */
const [how, server] = process.argv.slice(2) as [string, string];

const usage = () => {
  for (let i = 0; i < 4; i++) global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

const jsonText = <T>(): Codec<T, string> => ({
  pack: (object) => Buffer.from(JSON.stringify(object)).toString('latin1'),
  unpack: (packed) => JSON.parse(Buffer.from(packed, 'latin1').toString()) as T,
});
const deflated = <T>(level: number): Codec<T, Buffer> => {
  const { volume, partitions } = sample(1);
  for (const object of [volume, ...partitions]) delete object.metadata.managedFields;
  const dictionary = Buffer.from(JSON.stringify([...partitions, volume]));
  const options = { level, dictionary, memLevel: 8, windowBits: 13 };
  return {
    pack: (object) => Buffer.from(deflateRawSync(JSON.stringify(object), options)),
    unpack: (packed) => JSON.parse(inflateRawSync(packed, options).toString()) as T,
  };
};

const stores: Record<string, <T>() => Store<T>> = {
  plain: plainStore,
  json: <T>() => new CodecStore<T, string>(jsonText<T>()),
  deflate1: <T>() => new CodecStore<T, Buffer>(deflated<T>(1)),
  deflate6: <T>() => new CodecStore<T, Buffer>(deflated<T>(6)),
  packed: packedStore,
};

async function main(): Promise<void> {
  const newStore = stores[how]!;
  const log = {
    debug() {},
    warn: console.error,
    error: console.error,
    isLevelEnabled: () => false,
  } as unknown as Logger;
  const connection = { server, tls: {}, authorization: anonymous };
  const client = createHttpKubeClient({ connection });
  const common = { client, clock: systemClock, random: systemRandom, log };
  const abort = new AbortController();
  const byConsumer = ({ metadata }: KubeObject) => metadata.labels?.['meshstor.io/consumer'] ?? [];
  const volumeCache = new Informer({
    ...common,
    resource: volumes,
    store: newStore<MeshStorVolume>(),
    indexers: { consumer: (volume) => [byConsumer(volume)].flat() },
  });
  const partitionCache = new Informer({
    ...common,
    resource: partitions,
    store: newStore<MeshStorPartition>(),
    indexers: { volume: ({ spec }) => [spec.volumeName], node: ({ spec }) => [spec.nodeName] },
  });

  const [memory, cpu, wall] = [usage(), cpuMs(), performance.now()];
  const running = [volumeCache.run(abort.signal), partitionCache.run(abort.signal)];
  await Promise.all([volumeCache.whenSynced(), partitionCache.whenSynced()]);
  const [syncCpu, syncWall] = [cpuMs() - cpu, performance.now() - wall];
  const grown = usage() - memory;

  const reads = [...volumeCache.keys()];
  const readStart = cpuMs();
  let bytes = 0;
  for (const key of reads) bytes += volumeCache.get(key)!.metadata.name.length;
  const readUs = ((cpuMs() - readStart) * 1000) / reads.length;
  const objects = volumeCache.size + partitionCache.size;
  console.log(
    JSON.stringify({
      how,
      objects,
      bytes,
      grown,
      perObject: (grown * 1e6) / objects,
      inAll: usage(),
      syncCpu,
      syncWall,
      readUs,
    }),
  );
  abort.abort();
  await Promise.all(running);
  await client.close();
}

void main();
