import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { atMost, plain, type Figure } from '../figure';
import type { Suite } from '../suite';
import type { Life } from './process';

const run = promisify(execFile);
const volumes = 10_000;
/** The least of several: other work on the machine only ever adds. */
const lives = 3;

/** What 10,000 volumes cost the controller: memory, and CPU at every start. */
export const controllerCost: Suite = {
  name: 'controller',
  async run(progress) {
    const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.bench-'));
    try {
      progress('bundling the controller');
      const [server, controller] = [await bundle(folder, 'server'), await bundle(folder, 'process')];
      progress('starting controllers of an empty cluster');
      const none = await livesOf(server, controller, 0);
      progress(`starting controllers of ${volumes} volumes`);
      const full = await livesOf(server, controller, volumes);
      return figures(none, full, await bareMB());
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

interface Lives {
  readonly each: readonly Life[];
  readonly writes: number;
}

async function livesOf(serverFile: string, controllerFile: string, count: number): Promise<Lives> {
  const server = spawn(process.execPath, [serverFile, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = `http://127.0.0.1:${await firstLine(server)}`;
    const each: Life[] = [];
    for (let life = 0; life < lives; life++) {
      const { stdout } = await run(process.execPath, ['--expose-gc', controllerFile, url, String(count)]);
      each.push(JSON.parse(stdout) as Life);
    }
    return { each, writes: Number(await (await fetch(`${url}/writes`)).text()) };
  } finally {
    server.kill();
  }
}

function figures(none: Lives, full: Lives, bare: number): Figure[] {
  const least = (of: Lives, what: keyof Life) => Math.min(...of.each.map((life) => life[what]));
  const held = least(full, 'heldMB');
  const setting = `${volumes} synced and attached volumes, ${2 * volumes} partitions, 100 nodes with 4 drives; the controller bundled as the product is, over HTTP against a server in another process; least of ${lives} processes`;
  const memory = 'heapUsed + external after garbage collection, once every volume was decided on';
  const cpu = (what: 'readyCpuMs' | 'settledCpuMs') => least(full, what) / 1000;
  return [
    atMost(20, {
      name: 'Controller cache per 10,000 volumes',
      value: held - least(none, 'heldMB'),
      unit: 'MB',
      how: `${setting}; ${memory}, over the same process of a cluster without volumes`,
    }),
    plain({
      name: 'Whole controller process with 10,000 volumes',
      value: held - bare,
      unit: 'MB',
      how: `as above, over a Node process that runs nothing`,
    }),
    atMost(2, {
      name: 'Restart to ready with 10,000 volumes',
      value: cpu('readyCpuMs'),
      unit: 'CPU s',
      how: `${setting}; process.cpuUsage from the start of the process until all its components are ready; ${(least(full, 'readyWallMs') / 1000).toFixed(1)} s of time`,
    }),
    plain({
      name: 'Restart until every volume was decided on',
      value: cpu('settledCpuMs'),
      unit: 'CPU s',
      how: 'the same processes, a little later',
    }),
    atMost(0, {
      name: 'API writes of restarts that change nothing',
      value: full.writes,
      unit: 'writes',
      how: `requests other than GET that the server was sent in those ${lives} lives`,
    }),
  ];
}

async function bundle(folder: string, name: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`);
  const entryPoints = [join(import.meta.dirname, `${name}.ts`)];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
  });
  return outfile;
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout!.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', () => reject(new Error('the server ended')));
  });

async function bareMB(): Promise<number> {
  const script = 'for(let i=0;i<4;i++)gc();const m=process.memoryUsage();console.log(m.heapUsed+m.external)';
  const { stdout } = await run(process.execPath, ['--expose-gc', '-e', script]);
  return Number(stdout) / 1e6;
}
