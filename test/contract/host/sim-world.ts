import type { HostAgent } from '../../../src/host/contract';
import {
  bytesOfCell,
  cellBytes,
  cellOfBytes,
  foreignFileSystem,
  foreignTable,
  SimWorld,
  type Cell,
  type Cells,
  type SimNode,
} from '../../../src/host/sim';
import { FakeClock } from '../../support/fake-clock';
import { cleanUp } from './clean-up';
import { seeded } from './seeded';
import type { Abilities, ContractNode, ContractWorld, DeviceHandle, DriveFixture, FilesHandle } from './world';

export const simAbilities: Abilities = { power: true, hang: true, pull: true, largeSectors: true };

export const simDrives = [{ sectorSize: 512 }, { sectorSize: 512 }, { sectorSize: 4096 }] as const;

/** The simulated world on a virtual clock, which moves by itself while somebody waits for an agent. */
export function newSimWorld({ seed = 1 } = {}): ContractWorld {
  const time = new Time();
  const sim = new SimWorld({ clock: time.clock, random: seeded(seed) });
  const node = (name: string) => contractNode(sim.addNode(name, { drives: simDrives }), (agent) => time.driving(agent));
  return contractWorld(sim, time, [node('a'), node('b'), node('c')]);
}

export function contractWorld(sim: SimWorld, time: Time, nodes: ContractWorld['nodes']): ContractWorld {
  return {
    nodes,
    cutLink: async (a, b) => sim.cutLink(a.name, b.name),
    healLink: async (a, b) => sim.healLink(a.name, b.name),
    pass: (ms) => time.pass(ms),
    async close() {
      for (const node of sim.nodes.values()) {
        for (const drive of node.drives) drive.unhang();
        node.boot();
      }
      sim.network.healAll();
      await cleanUp(this);
      for (const { agent } of nodes) {
        expect(await agent.listStacks({})).toEqual({ volumes: [] });
        for (const { partitions } of (await agent.listDrives({})).drives) expect(partitions).toEqual([]);
      }
      sim.powerCutAll();
    },
    eventually: (look, limitMs = 60_000) => time.eventually(look, limitMs),
  };
}

/** Moves a virtual clock on, one mover at a time. */
export class Time {
  readonly clock = new FakeClock();
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  private moving = false;

  pass(ms: number): Promise<void> {
    const turn = this.last.then(() => this.clock.advance(ms));
    this.last = turn;
    return turn;
  }

  /** Tries again every 100 ms; time passes while an attempt itself waits. */
  async eventually<T>(look: () => Promise<T> | T, limitMs: number): Promise<T> {
    const end = this.clock.now() + limitMs;
    for (;;) {
      const attempt = Promise.resolve().then(look);
      let settled = false;
      const mark = () => (settled = true);
      attempt.then(mark, mark);
      await this.clock.settle();
      while (!settled && this.clock.now() < end) await this.pass(100);
      if (!settled) throw new Error(`still waiting after ${limitMs} ms`);
      try {
        return await attempt;
      } catch (error) {
        if (this.clock.now() >= end) throw error;
        await this.pass(100);
      }
    }
  }

  /** Lets time pass from timer to timer as long as a call to the agent is not answered. */
  driving(agent: HostAgent): HostAgent {
    return new Proxy(agent, {
      get: (target, verb: keyof HostAgent) => {
        if (verb === 'watch') return (signal: AbortSignal) => target.watch(signal);
        const call = target[verb] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => this.drive(call(...args));
      },
    });
  }

  private async drive<T>(promise: Promise<T>): Promise<T> {
    this.waiting++;
    void this.move();
    try {
      return await promise;
    } finally {
      this.waiting--;
    }
  }

  private async move(): Promise<void> {
    if (this.moving) return;
    this.moving = true;
    await this.clock.settle();
    while (this.waiting > 0) await this.pass(this.clock.pending[0] ?? 0);
    this.moving = false;
  }
}

export function contractNode(node: SimNode, via: (agent: HostAgent) => HostAgent): ContractNode {
  const [first, second, large] = node.drives.map(({ id, sectorSize }): DriveFixture => ({ id, sectorSize }));
  const partition = (uuid: string) => node.kernel.drives.findPartition(uuid)!;
  return {
    name: node.name,
    agent: via(node.agent),
    address: node.addresses[0]!,
    drives: [first!, second!],
    largeSectorDrive: large,
    scratch: `/scratch/${node.name}`,
    prepareDrive: async (id, contents) => node.replaceContents(id, contentsNamed[contents]()),
    readPartition: async (uuid, offset, length) => device(partition(uuid)).read(offset, length),
    writePartition: async (uuid, offset, bytes) => device(partition(uuid)).write(offset, bytes),
    readDrive: async (id, length) => bytesOf(node.drive(id).peekRange(0, length / cellBytes), length),
    openDevice: async (path) => deviceHandle(node, path),
    openFiles: async (path) => filesHandle(node, path),
    exists: async (path) => node.kernel.mounts.find(path) !== undefined,
    powerCut: async () => node.powerCut(),
    boot: async () => node.boot(),
    async hangDrive(id) {
      node.drive(id).hang();
      return async () => node.drive(id).unhang();
    },
    async pullDrive(id) {
      node.pullDrive(id);
      return async () => node.returnDrive(id);
    },
  };
}

const contentsNamed = {
  blank: (): Cells => new Map(),
  'foreign-table': foreignTable,
  'foreign-file-system': foreignFileSystem,
};

type Submit = { submit: ReturnType<SimNode['kernel']['drives']['list']>[number]['submit'] };

/** Plain reads and writes of a block device of the simulated kernel. */
function device(target: Submit) {
  const done = <T>(start: (end: (error?: string, data?: Cells) => void) => void, give: (data: Cells) => T) =>
    new Promise<T>((resolve, reject) =>
      start((error, data) => (error ? reject(new Error(`I/O error: ${error}`)) : resolve(give(data ?? new Map())))),
    );
  return {
    read: (offset: number, length: number) =>
      done(
        (end) => target.submit({ op: 'read', start: offset / cellBytes, count: length / cellBytes, end }),
        (data) => bytesOf(data, length),
      ),
    write: (offset: number, bytes: Buffer) =>
      done(
        (end) => {
          const count = bytes.length / cellBytes;
          target.submit({ op: 'write', start: offset / cellBytes, count, data: cellsIn(bytes), end });
        },
        () => undefined,
      ),
  };
}

function deviceHandle(node: SimNode, path: string): DeviceHandle {
  const handle = node.open(path);
  return {
    async write(offset, bytes) {
      await handle.writeRange(offset / cellBytes, bytes.length / cellBytes, cellsIn(bytes));
      await handle.flush();
    },
    read: async (offset, length) => bytesOf(await handle.readRange(offset / cellBytes, length / cellBytes), length),
    close: async () => handle.close(),
  };
}

function filesHandle(node: SimNode, path: string): FilesHandle {
  const mount = node.enter(path);
  return {
    write: (name, text) => mount.writeFile(name, text),
    read: async (name) => (await mount.readFile(name)).toString(),
    close: async () => mount.close(),
  };
}

function bytesOf(cells: Cells, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (const [cell, value] of cells) bytesOfCell(value).copy(bytes, cell * cellBytes);
  return bytes;
}

function cellsIn(bytes: Buffer): Cells {
  const cells = new Map<number, Cell>();
  for (let offset = 0; offset < bytes.length; offset += cellBytes) {
    cells.set(offset / cellBytes, cellOfBytes(bytes.subarray(offset, offset + cellBytes)));
  }
  return cells;
}
