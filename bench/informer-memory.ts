/**
 * What the controller's caches cost: memory per way of keeping objects, and CPU from start to synced.
 *
 *   npx tsx bench/informer-memory.ts [volumes=10000] [ways=plain,json,deflate1,deflate6,packed]
 *
 * A server process serves the volumes and twice as many partitions as JSON with managedFields; per way, a
 * fresh client process (bundled, as the product is) lists them through the product's own client, reflector and
 * informer. `grown` is heapUsed + external after garbage collection, over the process before its first list;
 * `inAll` over an empty Node process.
 *
 * Why the controller packs its objects (10,000 volumes of 2.8 kB and 20,000 partitions of 1.5 kB, as JSON without
 * managedFields; Node 20, two busy cores):
 *
 *   plain objects                 83 MB   1.0 s CPU to synced     1 us a read
 *   JSON text                     68 MB   1.4 s                  11 us
 *   raw deflate with dictionary   94 MB   2.5 s                  24 us (a Buffer costs more than it holds)
 *   packed                        17 MB   1.4 s                  11 us, 4 us warm
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const volumes = process.argv[2] ?? '10000';
const ways = (process.argv[3] ?? 'plain,json,deflate1,deflate6,packed').split(',');

interface Result {
  how: string;
  objects: number;
  grown: number;
  perObject: number;
  inAll: number;
  syncCpu: number;
  syncWall: number;
  readUs: number;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.bench-'));
  const bundle = async (name: string) => {
    const outfile = join(folder, `${name}.cjs`);
    const entryPoints = [join(import.meta.dirname, 'cluster', `${name}.ts`)];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs' });
    return outfile;
  };
  const [serverFile, clientFile] = [await bundle('server'), await bundle('client')];
  const server = spawn(process.execPath, [serverFile, volumes], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<string>((resolve) =>
      server.stdout.once('data', (data) => resolve(String(data).trim())),
    );
    const memory = 'global.gc();global.gc();const m=process.memoryUsage();console.log(m.heapUsed+m.external)';
    const empty = Number(execFileSync(process.execPath, ['--expose-gc', '-e', memory])) / 1e6;
    for (const way of ways) {
      const args = ['--expose-gc', clientFile, way, `http://127.0.0.1:${port}`];
      const result = JSON.parse(execFileSync(process.execPath, args, { maxBuffer: 1e9 }).toString()) as Result;
      const { objects, grown, perObject, inAll, syncCpu, syncWall, readUs } = result;
      console.log(
        `${way.padEnd(9)} ${objects} objects: grown ${grown.toFixed(1)} MB (${perObject.toFixed(0)} B each), ` +
          `over an empty process ${(inAll - empty).toFixed(1)} MB; synced after ${syncCpu.toFixed(0)} ms CPU, ` +
          `${syncWall.toFixed(0)} ms; a read ${readUs.toFixed(1)} us`,
      );
    }
  } finally {
    server.kill();
    rmSync(folder, { recursive: true });
  }
}

void main();
