import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '../../../src/host/errors';
import { Call } from '../../../src/host/linux/call';
import { CommandError, Processes, type RunOptions } from '../../../src/host/linux/exec';
import { QuickClock } from './support/quick-clock';

const invoke = () => {
  const clock = new QuickClock();
  const processes = new Processes(clock);
  const call = new Call('test', clock, 20_000);
  const run = (argv: [string, ...string[]], options: Partial<RunOptions> = {}) =>
    processes.run(argv, { call, ...options });
  return { clock, processes, call, run };
};

/** Until the clock has a deadline to ring for each process that hangs. */
const started = () => new Promise((resolve) => setImmediate(resolve));

describe('running a program', () => {
  it('gives what it printed', async () => {
    const { run } = invoke();
    const { code, stdout, stderr } = await run(['printf', 'a\\000b']);
    expect([code, stdout, stderr]).toEqual([0, Buffer.from('a\0b'), '']);
  });

  it('passes arguments as they are, whatever a shell would make of them', async () => {
    const { run } = invoke();
    const hostile = '$(touch /tmp/x); `id` "quoted" * \n';
    expect((await run(['printf', '%s', hostile])).stdout.toString()).toBe(hostile);
  });

  it('runs it in the C locale, and with nothing of the agent’s own environment', async () => {
    process.env['MESHSTOR_SECRET'] = 'x';
    const { run } = invoke();
    const variables = (await run(['env'])).stdout.toString().trim().split('\n').sort();
    expect(variables).toEqual(['HOME=/', 'LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']);
    delete process.env['MESHSTOR_SECRET'];
  });

  it('closes its input, or gives it what it is to read', async () => {
    const { run } = invoke();
    expect((await run(['cat'])).stdout.toString()).toBe('');
    expect((await run(['cat'], { input: 'hello' })).stdout.toString()).toBe('hello');
  });

  it('fails with command line, code and what it said on error', async () => {
    const { run } = invoke();
    const failure = await run(['ls', '/no/such/place']).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(failure).toMatchObject({ argv: ['ls', '/no/such/place'], code: 2 });
    expect((failure as CommandError).message).toMatch(/^ls \/no\/such\/place ended with 2: .*No such file/);
  });

  it('takes other exit codes where the caller says so', async () => {
    const { run } = invoke();
    expect(await run(['false'], { accept: [0, 1] })).toMatchObject({ code: 1 });
  });

  it('that does not exist is a defect of the installation', async () => {
    const { run } = invoke();
    await expect(run(['no-such-program'])).rejects.toMatchObject({ kind: 'Internal' });
  });

  it('ends one that passes its deadline, with an error that names it', async () => {
    const { clock, call, run } = invoke();
    const hanging = run(['sleep', '1000'], { capMs: 100 });
    await started();
    const [ended] = [...call.unfinished];
    clock.ringAll();
    await expect(hanging).rejects.toMatchObject({
      kind: 'Timeout',
      message: expect.stringMatching(/^sleep 1000 .*was killed$/) as string,
    });
    await ended;
    expect(call.unfinished.size).toBe(0);
  });

  it('leaves one alone that must not be killed, and keeps its lock until it has ended', async () => {
    const { clock, call, run } = invoke();
    const patient = run(['cat', '/proc/self/stat'], { onDeadline: 'leave', capMs: 1 });
    await started();
    const [ended] = [...call.unfinished];
    clock.ringAll();
    await expect(patient).rejects.toMatchObject({
      kind: 'Timeout',
      message: expect.stringMatching(/goes on$/) as string,
    });
    expect(call.unfinished.size).toBe(1);
    await ended;
    expect(call.unfinished.size).toBe(0);
  });

  it('that only reads keeps no lock', async () => {
    const { call, run } = invoke();
    const reading = run(['cat'], { input: 'x', readOnly: true });
    await started();
    expect(call.unfinished.size).toBe(0);
    await reading;
  });

  it('is refused on a subject on which an earlier one hangs, and only there', async () => {
    const { clock, run } = invoke();
    const hanging = run(['sleep', '1000'], { subject: 'drive a', onDeadline: 'leave' });
    await started();
    clock.ringAll();
    await expect(hanging).rejects.toBeInstanceOf(HostError);
    await expect(run(['true'], { subject: 'drive a' })).rejects.toMatchObject({
      kind: 'Unreachable',
      message: 'drive a does not answer: "sleep 1000" still hangs on it',
    });
    await run(['true'], { subject: 'drive b' });
    spawnedBy('sleep 1000');
  });

  it('lets sixteen work at once, and makes room as soon as one turns out to wait for something', async () => {
    const { clock, run } = invoke();
    const waiting = Array.from({ length: 16 }, () => run(['cat', '/dev/zero'], { capMs: 1 }).catch(() => 'late'));
    await started();
    let done = false;
    const next = run(['true']).then(() => (done = true));
    await started();
    expect(done).toBe(false);
    clock.ringAll();
    expect(await Promise.all(waiting)).toEqual(Array(16).fill('late'));
    await next;
  });

  describe('for a caller that has gone', () => {
    const running = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

    it.each([
      ['given up waiting', 20_000, AbortSignal.abort()],
      ['run out of time', 0, undefined],
    ])('or has %s, does not begin', async (_what, deadlineMs, signal) => {
      const { clock, processes } = invoke();
      const call = new Call('test', clock, deadlineMs, signal);
      const before = running();
      await expect(processes.run(['true'], { call })).rejects.toMatchObject({ kind: 'Timeout' });
      expect(running()).toBe(before);
      expect(call.unfinished.size).toBe(0);
    });

    it('and had waited for a place, leaves that to the next', async () => {
      const { clock, processes, run } = invoke();
      const folder = mkdtempSync(join(tmpdir(), 'meshstor-exec-'));
      const pipe = join(folder, 'pipe');
      await run(['mkfifo', pipe]);
      const first = run(['cat', pipe]);
      const others = Array.from({ length: 15 }, () => run(['cat', '/dev/zero'], { capMs: 1 }).catch(() => 'late'));
      await started();
      const gone = new AbortController();
      const left = processes.run(['true'], { call: new Call('test', clock, 20_000, gone.signal) });
      const next = run(['true']);
      gone.abort();
      writeFileSync(pipe, '');
      await expect(left).rejects.toMatchObject({ kind: 'Timeout' });
      await Promise.all([first, next]);
      clock.ringAll();
      await Promise.all(others);
      rmSync(folder, { recursive: true });
    });
  });
});

/** Ends what a test has left on purpose; only a child of this very process. */
function spawnedBy(line: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      const isIt = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim() === line;
      if (isIt && Number(parent) === process.pid) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

describe('a program that goes on', () => {
  it('hands over its lines, and says how it ended', async () => {
    const { processes } = invoke();
    const lines: string[] = [];
    const follower = processes.follow(['printf', 'one\\ntwo\\n'], (line) => lines.push(line));
    expect(await follower.ended).toMatch(/^ended with 0/);
    expect(lines).toEqual(['one', 'two']);
  });

  it('ends when it is told to', async () => {
    const { processes } = invoke();
    const follower = processes.follow(['sleep', '1000'], () => undefined);
    follower.stop();
    expect(await follower.ended).toMatch(/SIGKILL/);
  });
});
