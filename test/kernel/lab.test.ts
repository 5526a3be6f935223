import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { LabWriter, startLab, type Lab, type LabNode } from '../lab';

/** The lab itself: what tests of the product take for granted. */
jest.setTimeout(120_000);

const run = promisify(execFile);
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');

let lab: Lab;
let n1: LabNode;
let n2: LabNode;
let n3: LabNode;

beforeAll(async () => {
  lab = await startLab({
    nodes: 3,
    drives: [{ sizeMiB: 1024 }, { sizeMiB: 512, sectorSize: 4096, volatileWriteCache: false }],
    // A foreign partition table on the second drive of n3.
    prepareDrive: (path, node, drive) =>
      node === 'n3' && drive === 1 ? writeFile(path, mbr(), { flag: 'r+' }) : undefined,
  });
  [n1, n2, n3] = [lab.node('n1'), lab.node('n2'), lab.node('n3')];
});
afterAll(() => lab?.close());

/** An MBR with one Linux partition. */
function mbr(): Buffer {
  const sector = Buffer.alloc(512);
  sector.writeUInt8(0x83, 446 + 4);
  sector.writeUInt32LE(256, 446 + 8);
  sector.writeUInt32LE(1024, 446 + 12);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

const reaches = async (from: LabNode, address: string) =>
  (await from.exec(['ping', '-q', '-c', '3', '-i', '0.5', '-W', '1', address])).code === 0;

const listDrives = async (node: LabNode) => {
  const columns = 'NAME,SERIAL,SIZE,LOG-SEC,WWN';
  return (JSON.parse(await node.must(`lsblk -Jbndo ${columns} /dev/nvme?n1`)) as { blockdevices: unknown[] })
    .blockdevices;
};

describe('drives', () => {
  it('are NVMe drives of the wanted size and sector size, with a serial and UUID of their own', async () => {
    for (const node of lab.nodes) {
      const [serial, number] = [node.name.toUpperCase(), node.name.slice(1)];
      expect(await listDrives(node)).toMatchObject([
        {
          name: 'nvme0n1',
          serial: `LAB-${serial}-0`,
          size: 1024 * 1024 * 1024,
          'log-sec': 512,
          wwn: `uuid.1ab00000-000${number}-4000-8000-000000000000`,
        },
        {
          name: 'nvme1n1',
          serial: `LAB-${serial}-1`,
          size: 512 * 1024 * 1024,
          'log-sec': 4096,
          wwn: `uuid.1ab00000-000${number}-4000-8000-000000000001`,
        },
      ]);
    }
  });

  it('say whether they have a volatile write cache', async () => {
    const caches = await n1.must('cat /sys/block/nvme?n1/queue/write_cache');
    expect(caches.split('\n')).toEqual(['write back', 'write through']);
  });

  it('carry what was put onto them before the first boot', async () => {
    expect(await n3.must(`blkid -po value -s PTTYPE ${n3.drives[1]!.path}`)).toBe('dos');
    expect(await n3.must(`lsblk -nlo TYPE ${n3.drives[1]!.path}`)).toMatch(/part/);
  });

  it('can be pulled out and put in again', async () => {
    const [drive] = n2.drives;
    await n2.must(`printf marked | dd of=${drive!.path} conv=fsync 2> /dev/null`);
    await drive!.pull();
    expect((await n2.exec(['test', '-b', drive!.path])).code).toBe(1);
    await drive!.insert();
    expect(await n2.must(`head -c 6 ${drive!.path}`)).toBe('marked');
  });

  it('fail, are slow, and work again, on demand', async () => {
    const [drive] = n2.drives;
    const read = () => n2.sh(`dd if=${drive!.path} of=/dev/null iflag=direct bs=4k count=1`);
    await drive!.fail();
    expect(await read()).toMatchObject({ code: 1, stderr: expect.stringContaining('Input/output error') as string });
    await drive!.slow(20);
    expect(await read()).toMatchObject({ code: 0 });
    expect(await n2.must('dmsetup table lab-drive0')).toMatch(/delay .* 20$/);
    await drive!.repair();
    expect(await read()).toMatchObject({ code: 0 });
    expect(await n2.must('dmsetup table lab-drive0')).toMatch(/linear/);
  });
});

describe('commands', () => {
  it('return what they print and how they end', async () => {
    expect(await n1.sh('cat; echo oops >&2; exit 3', { stdin: 'hello' })).toEqual({
      code: 3,
      stdout: 'hello',
      stderr: 'oops\n',
    });
    expect(await n1.exec(['nonesuch'])).toMatchObject({ code: 127 });
    expect(await n1.sh('kill -TERM $$')).toMatchObject({ code: 128 + 15 });
    expect(await n1.exec(['pwd'], { cwd: '/run', env: { UNUSED: '1' } })).toMatchObject({ stdout: '/run\n' });
  });

  it('are killed when their time is over', async () => {
    await expect(n1.exec(['sleep', '77'], { timeoutMs: 300 })).rejects.toThrow('did not end in 300 ms');
    await n1.must('while pgrep -f "[s]leep 77" > /dev/null; do sleep 0.05; done');
  });

  it('take more input than a pipe holds while they print as much', async () => {
    const data = randomBytes(3_000_000).toString('base64');
    expect((await n1.exec(['cat'], { stdin: data })).stdout === data).toBe(true);
  });

  it('that keep running are read as they go, and killed', async () => {
    const program = await n1.spawn(['sh', '-c', 'echo started; sleep 1000'], { name: 'program' });
    await program.waitFor(/started/);
    expect((await n1.exec(['kill', '-0', String(program.pid)])).code).toBe(0);
    await program.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: null, signal: 15, lost: false });
    await expect(program.waitFor(/never/)).rejects.toThrow('the program has ended');
  });

  it('find files that were pushed, whole', async () => {
    const data = randomBytes(5_000_000);
    await n1.push('/opt/some/where/bundle', data, { mode: 0o755 });
    expect(await n1.must('sha256sum < /opt/some/where/bundle; stat -c %a /opt/some/where/bundle')).toBe(
      `${sha256(data)}  -\n755`,
    );
    expect(sha256(await n1.pull('/opt/some/where/bundle'))).toBe(sha256(data));
  });
});

describe('networks', () => {
  it('join the nodes twice, and the management network this process', async () => {
    expect(await reaches(n1, n2.storageAddress)).toBe(true);
    expect(await reaches(n1, n3.managementAddress)).toBe(true);
    expect(await reaches(n1, lab.hostAddress)).toBe(true);
  });

  it('are cut and healed one by one, and commands get through all the same', async () => {
    await n1.cutLink();
    expect(await reaches(n1, n2.storageAddress)).toBe(false);
    expect(await reaches(n1, n2.managementAddress)).toBe(true);
    await n1.healLink();
    await n1.cutManagement();
    expect(await reaches(n1, n2.storageAddress)).toBe(true);
    expect(await reaches(n1, lab.hostAddress)).toBe(false);
    await n1.healManagement();
    expect(await reaches(n1, lab.hostAddress)).toBe(true);
  });

  it('can keep two nodes apart that both reach the third', async () => {
    await lab.setApart('n1', 'n3');
    expect(await reaches(n1, n3.storageAddress)).toBe(false);
    expect(await reaches(n1, n2.storageAddress)).toBe(true);
    expect(await reaches(n2, n3.storageAddress)).toBe(true);
    await lab.setApart();
    expect(await reaches(n1, n3.storageAddress)).toBe(true);
  });

  it('give nodes a server of this machine, and this process a Unix socket of a node', async () => {
    const server = createServer((socket) => socket.end('from the host')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const published = await lab.publish((server.address() as AddressInfo).port);
    expect(await n1.must(`socat -u TCP:${published} -`)).toBe('from the host');
    server.close();

    const answering = await n1.spawn(['socat', '-d', '-d', 'UNIX-LISTEN:/run/echo.sock,fork', 'EXEC:cat']);
    await answering.waitFor(/listening on/);
    const [host, port] = (await n1.forwardSocket('/run/echo.sock')).split(':');
    await n1.cutManagement();
    const socket = createConnection({ host: host!, port: Number(port) });
    socket.end('there and back');
    expect(await text(socket)).toBe('there and back');
    await n1.healManagement();
    await answering.kill();
  });
});

describe('a node', () => {
  it('keeps what its drives acknowledged over a power cut, and its root file system; nothing runs any more', async () => {
    const device = n2.drives[0]!.path;
    await n2.must('echo kept > /etc/kept && sync /etc/kept');
    const writer = await LabWriter.start(n2, device);
    await writer.progress(300);
    await n2.powerCut();
    expect(await n2.isUp()).toBe(false);
    await writer.ended();
    await n2.boot();
    const { blocks, bad } = await writer.check(n2, device);
    expect({ some: blocks > 300, bad }).toEqual({ some: true, bad: 0 });
    expect(await n2.must('cat /etc/kept; pgrep -c writer || true')).toBe('kept\n0');
    expect(await reaches(n2, n1.storageAddress)).toBe(true);
  });

  it('loses with its power what a drive with large sectors had taken and not flushed', async () => {
    const device = n2.drives[1]!.path;
    const writer = await LabWriter.start(n2, device, { sync: false });
    await writer.progress(300);
    await n2.powerCut();
    await n2.boot();
    expect((await writer.check(n2, device)).bad).toBeGreaterThan(0);
  });

  it('does nothing while it is paused', async () => {
    await n3.pause();
    expect(await reaches(n1, n3.storageAddress)).toBe(false);
    await n3.resume();
    expect((await n3.exec(['true'])).code).toBe(0);
  });

  it('runs udev, with the mdadm.conf of the distribution', async () => {
    expect((await n1.exec(['udevadm', 'control', '--ping'])).code).toBe(0);
    expect(await n1.must('cat /etc/mdadm/mdadm.conf')).not.toMatch(/^AUTO/m);
  });
});

describe('the writer', () => {
  it('tells a lost acknowledged write from a whole file', async () => {
    const file = '/root/written';
    const writer = await LabWriter.start(n1, file, { blocks: 50, pauseMs: 1 });
    await writer.progress(200);
    await writer.stop();
    expect(await writer.check(n1, file)).toEqual({ blocks: 50, bad: 0 });
    await n1.must(`cp ${file} /root/older`);
    const further = await LabWriter.start(n1, file, { blocks: 50, pauseMs: 1 }, writer);
    await further.progress(60);
    await further.stop();
    expect(await further.check(n1, '/root/older')).toEqual({ blocks: 50, bad: 50 });
    expect(await further.check(n1, file)).toEqual({ blocks: 50, bad: 0 });
    await n1.must(`printf x | dd of=${file} bs=1 seek=${7 * 4096 + 99} conv=notrunc 2> /dev/null`);
    expect(await further.check(n1, file)).toEqual({ blocks: 50, bad: 1 });
  });
});

describe('the end of a lab', () => {
  const traces = async (slot: number) => ({
    folder: existsSync(`/var/tmp/meshstor-lab/${slot}`),
    namespace: (await run('ip', ['netns', 'list'])).stdout
      .split('\n')
      .some((line) => line.split(' ')[0] === `meshstor-lab-${slot}`),
    links: new RegExp(`mslab${slot}[cm]`).test((await run('ip', ['link'])).stdout),
    processes: (await run('ps', ['-eo', 'args'])).stdout.includes(`meshstor-lab/${slot}/nodes`),
  });
  const none = { folder: false, namespace: false, links: false, processes: false };
  const all = { folder: true, namespace: true, links: true, processes: true };

  it('leaves nothing on this machine', async () => {
    const other = await startLab({ nodes: 1, drives: 1 });
    expect(await traces(other.slot)).toEqual(all);
    await other.close();
    expect(await traces(other.slot)).toEqual(none);
  });

  it('comes with the next lab when its own process was killed', async () => {
    const script = `import { startLab } from './test/lab/index';
      setInterval(() => undefined, 60_000);
      void startLab({ nodes: 1, drives: 1 }).then((lab) => console.log('slot', lab.slot, ''));`;
    const root = join(import.meta.dirname, '../..');
    const owner = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const slot = await new Promise<number>((resolve, reject) => {
      owner.stdout.on('data', (data: Buffer) => {
        const found = /slot (\d+) /.exec(data.toString());
        if (found) resolve(Number(found[1]));
      });
      owner.once('exit', () => reject(new Error('the other process ended')));
    });
    expect(await traces(slot)).toEqual(all);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await traces(slot)).toEqual(all);
    const next = await startLab({ nodes: 1, drives: 0 });
    await next.close();
    expect(await traces(slot)).toEqual(none);
  });
});
