import { createLogger, transports } from 'winston';
import { Writable } from 'node:stream';
import { instrumented } from '../../../src/csi/instrument';
import { asCsiError, CsiError, type Code } from '../../../src/csi/status';
import { HostError } from '../../../src/host/errors';
import { ApiError } from '../../../src/runtime/kube/client';
import { newMetrics } from '../../../src/runtime/metrics';
import { FakeClock } from '../../support/fake-clock';
import { newCall } from '../../../src/csi/call';

type Request = Record<string, unknown>;

function harness(handler: (clock: FakeClock) => Promise<unknown>) {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const log = createLogger({ level: 'debug', transports: [new transports.Stream({ stream })] });
  const clock = new FakeClock();
  const metrics = newMetrics();
  const service = {
    createVolume: (_request: Request) => handler(clock),
    getCapacity: (_request: Request) => handler(clock),
  };
  const wrapped = instrumented(service, { clock, log, metrics, random: () => 0.5 });
  const call = (request: Request = {}, method: keyof typeof service = 'createVolume') =>
    (wrapped[method] as (request: Request, call: unknown) => Promise<unknown>)(
      request,
      newCall(clock, new AbortController().signal),
    );
  return { call, lines, metrics };
}

describe('a call', () => {
  it('is logged with method, volume, node, duration and code, and with nothing else of the request', async () => {
    const { call, lines } = harness(async (clock) => clock.advance(1500));
    const secrets = { password: 'hunter2' };
    await call({ volumeId: 'pvc-1', nodeId: 'n1', secrets, parameters: { token: 'hunter2' } });
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'CreateVolume OK',
        method: 'CreateVolume',
        volume: 'pvc-1',
        node: 'n1',
        durationMs: 1500,
        code: 'OK',
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('that only asks is logged for debugging', async () => {
    const { call, lines } = harness(async () => undefined);
    await call({}, 'getCapacity');
    expect(lines[0]!.level).toBe('debug');
  });

  it('that fails is logged with the reason, and answered with it', async () => {
    const { call, lines } = harness(async () => {
      throw new CsiError('ABORTED', 'an operation on volume pvc-1 is in progress');
    });
    await expect(call({ name: 'pvc-1' })).rejects.toThrow('in progress');
    expect(lines[0]).toMatchObject({
      level: 'warn',
      volume: 'pvc-1',
      code: 'ABORTED',
      error: expect.stringContaining('in progress') as string,
    });
  });

  it('that fails as nobody expected gets an id on the wire, and the stack in the log', async () => {
    const { call, lines } = harness(async () => {
      throw new TypeError('x is not a function');
    });
    await expect(call()).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'unexpected error 800000000000; the log of this process says more',
    });
    expect(lines[0]).toMatchObject({ level: 'error', code: 'INTERNAL', id: '800000000000' });
    expect(lines[0]!.error).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  it('is counted by method and code, and timed', async () => {
    let fail = false;
    const { call, metrics } = harness(async (clock) => {
      await clock.advance(2000);
      if (fail) throw new CsiError('NOT_FOUND', 'no');
    });
    await call();
    fail = true;
    await expect(call()).rejects.toThrow();
    const count = (code: string) => metrics.value('meshstor_csi_calls_total', { method: 'CreateVolume', code });
    expect([await count('OK'), await count('NOT_FOUND'), await count('ABORTED')]).toEqual([1, 1, 0]);
    const text = await metrics.text();
    expect(text).toContain('meshstor_csi_call_duration_seconds_count{method="CreateVolume"} 2');
    expect(text).toContain('meshstor_csi_call_duration_seconds_sum{method="CreateVolume"} 4');
  });
});

describe('the code of an error', () => {
  it.each<[Error, Code]>([
    [new CsiError('OUT_OF_RANGE', 'x'), 'OUT_OF_RANGE'],
    [new ApiError(409, 'AlreadyExists', 'x'), 'ALREADY_EXISTS'],
    [new ApiError(409, 'Conflict', 'x'), 'ABORTED'],
    [new ApiError(410, 'Expired', 'x'), 'ABORTED'],
    [new ApiError(422, 'Invalid', 'x'), 'INVALID_ARGUMENT'],
    [new ApiError(403, 'Forbidden', 'x'), 'PERMISSION_DENIED'],
    [new ApiError(404, 'NotFound', 'x'), 'FAILED_PRECONDITION'],
    [new ApiError(429, 'TooManyRequests', 'x'), 'UNAVAILABLE'],
    [new ApiError(500, 'InternalError', 'x'), 'UNAVAILABLE'],
    [new ApiError(400, 'BadRequest', 'x'), 'INTERNAL'],
    [new HostError('NotFound', 'x'), 'UNAVAILABLE'],
    [new HostError('Busy', 'x'), 'ABORTED'],
    [new HostError('NoSpace', 'x'), 'RESOURCE_EXHAUSTED'],
    [new HostError('Unreachable', 'x'), 'UNAVAILABLE'],
    [new HostError('Foreign', 'x'), 'FAILED_PRECONDITION'],
    [new HostError('Invalid', 'x'), 'FAILED_PRECONDITION'],
    [new HostError('Timeout', 'x'), 'DEADLINE_EXCEEDED'],
  ])('%s is %s', (error, code) => {
    expect(asCsiError(error)!.code).toBe(code);
  });

  it.each([[new HostError('Internal', 'x')], [new TypeError('x')], ['thrown text'], [undefined]])(
    '%s is one nobody expected',
    (error) => expect(asCsiError(error)).toBeUndefined(),
  );
});
