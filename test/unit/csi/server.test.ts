import { Client, credentials, status } from '@grpc/grpc-js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, transports } from 'winston';
import { ControllerDefinition, IdentityDefinition, NodeDefinition } from '../../../src/csi/gen/csi';
import { identityService } from '../../../src/csi/identity';
import { serveCsi, socketPath } from '../../../src/csi/server';
import { grpcClient, type CallOptions } from '../../../src/runtime/grpc/client';
import type { ServiceDefinition } from '../../../src/runtime/grpc/definition';
import type { GrpcServer } from '../../../src/runtime/grpc/server';
import { newMetrics } from '../../../src/runtime/metrics';
import { attach, create, GiB } from '../../support/csi/requests';
import { World } from '../../support/csi/world';

class WireError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

describe('the CSI server', () => {
  let folder: string;
  let world: World;
  let server: GrpcServer;
  const metrics = newMetrics();
  const open: { close(): void }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'csi-'));
    world = new World();
    const { clock, controller } = world;
    const log = createLogger({ silent: true, transports: [new transports.Console()] });
    const identity = identityService({ version: '1.2.3', isReady: () => true });
    const endpoint = `unix://${folder}/csi.sock`;
    server = await serveCsi({ endpoint, identity, controller, clock, log, metrics, random: () => 0.5 });
  });

  afterEach(async () => {
    for (const client of open.splice(0)) client.close();
    await server.close(100);
    await rm(folder, { recursive: true });
  });

  function calls<D extends ServiceDefinition>(definition: D) {
    const fromStatus = ({ code, message }: { code: number; message: string }) => new WireError(status[code]!, message);
    const client = grpcClient(definition, { socketPath: `${folder}/csi.sock`, fromStatus });
    open.push(client);
    return client.calls;
  }

  const createVolume = (changes = {}, options: CallOptions = {}) =>
    calls(ControllerDefinition).createVolume(create(changes), options);

  /** Sends bytes as they are. */
  function send(path: string, bytes: Buffer): Promise<Buffer> {
    const client = new Client(`unix:${folder}/csi.sock`, credentials.createInsecure());
    open.push(client);
    const same = (buffer: Buffer) => buffer;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, same, same, bytes, (error, answer) => (error ? reject(error) : resolve(answer!)));
    });
  }

  it('answers who it is, and serves volumes', async () => {
    const info = await calls(IdentityDefinition).getPluginInfo({});
    expect(info).toMatchObject({ name: 'io.meshstor.csi.mesh', vendorVersion: '1.2.3' });
    expect(await calls(IdentityDefinition).probe({})).toEqual({ ready: true });
    expect((await createVolume()).volume).toMatchObject({ volumeId: 'pvc-1', capacityBytes: GiB });
    expect(await calls(ControllerDefinition).controllerPublishVolume(attach())).toEqual({ publishContext: {} });
    expect(await metrics.value('meshstor_csi_calls_total', { method: 'ControllerPublishVolume', code: 'OK' })).toBe(1);
  });

  it('answers failures with their code and words', async () => {
    await expect(createVolume({ name: '' })).rejects.toThrow('INVALID_ARGUMENT: name is missing');
    await expect(createVolume({ capacityRange: { requiredBytes: `${2n ** 63n - 1n}` } })).rejects.toThrow(
      'OUT_OF_RANGE: capacity_range.required_bytes 9223372036854775807: the maximum volume is',
    );
    await expect(createVolume({ capacityRange: { requiredBytes: `${-(2n ** 63n)}` } })).rejects.toThrow(
      'OUT_OF_RANGE: capacity_range: a size must not be negative',
    );
  });

  it('answers in time, with what it waits for, when the caller names a deadline', async () => {
    world.cluster.paused.placement = true;
    const answer = createVolume({}, { deadlineMs: 20_000 });
    const failed = expect(answer).rejects.toThrow('DEADLINE_EXCEEDED: volume pvc-1: still waiting: its copies');
    await world.clock.timerSet();
    expect(world.clock.pending[0]).toBeGreaterThan(15_000);
    expect(world.clock.pending[0]).toBeLessThanOrEqual(19_000);
    await world.clock.advance(19_000);
    await failed;
  });

  it('frees the volume as soon as the caller gives up', async () => {
    world.cluster.paused.placement = true;
    const caller = new AbortController();
    const answer = createVolume({}, { signal: caller.signal });
    const failed = expect(answer).rejects.toThrow('enough');
    await world.clock.timerSet();
    caller.abort(new Error('enough'));
    await failed;
    world.cluster.paused.placement = false;
    world.cluster.wake('pvc-1');
    let volume;
    while (!volume) volume = (await createVolume().catch(onlyAborted))?.volume;
    expect(volume.volumeId).toBe('pvc-1');
  });

  it('cuts a message that no header could carry', async () => {
    world.cluster.noRoom = 'x'.repeat(30_000);
    const error = await createVolume().catch((thrown: unknown) => thrown as WireError);
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED' });
    expect((error as WireError).message.length).toBeLessThan(2_100);
  });

  it('serves no service that it was not given, and none that MeshStor does not have', async () => {
    await expect(calls(NodeDefinition).nodeGetInfo({})).rejects.toThrow('UNIMPLEMENTED');
    await expect(send('/csi.v1.Controller/CreateSnapshot', Buffer.alloc(0))).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });

  it('survives bytes that are no message', async () => {
    await expect(send('/csi.v1.Controller/CreateVolume', Buffer.from([0x0a, 0xff, 0xff]))).rejects.toMatchObject({
      code: status.INTERNAL,
      details: 'unexpected error 800000000000; the log of this process says more',
    });
    expect(await calls(IdentityDefinition).probe({})).toEqual({ ready: true });
  });

  it('never decodes secrets', async () => {
    const encoded = ControllerDefinition.methods.deleteVolume.requestType.encode({ volumeId: 'pvc-9' }).finish();
    // Field 2, secrets: a map entry of key "k" and value "hunter2".
    const secret = Buffer.from([0x12, 12, 0x0a, 1, 0x6b, 0x12, 7, ...Buffer.from('hunter2')]);
    const bytes = Buffer.concat([encoded, secret]);
    const decoded = ControllerDefinition.methods.deleteVolume.requestType.decode(bytes);
    expect(JSON.stringify(decoded)).not.toContain('hunter2');
    await send('/csi.v1.Controller/DeleteVolume', bytes);
  });
});

const onlyAborted = (error: unknown) => {
  expect((error as WireError).code).toBe('ABORTED');
  return undefined;
};

describe('the endpoint', () => {
  it.each([
    ['unix:///csi/csi.sock', '/csi/csi.sock'],
    ['unix:/csi/csi.sock', '/csi/csi.sock'],
  ])('%s is a socket', (endpoint, path) => expect(socketPath(endpoint)).toBe(path));

  it.each([['tcp://0.0.0.0:10000'], ['/csi/csi.sock'], ['unix://csi.sock'], ['unix://'], ['']])(
    '%j is refused',
    (endpoint) => expect(() => socketPath(endpoint)).toThrow('must be unix:// and an absolute path'),
  );
});
