import { block, Caller, fileSystem, GiB } from './csi';
import type { User } from './user';
import type { World } from './world';

/** Ids that no volume can have; what some of them would be, if they were ever put into a path, is not good. */
const hostileIds = [
  '../../etc/passwd',
  'pvc-1/../../x',
  'pvc;reboot',
  '$(reboot)',
  'PVC-UPPER',
  '-leading-dash',
  'pvc-a-m0',
  '..',
  'x'.repeat(53),
  'x'.repeat(300),
  'x'.repeat(100_000),
  'pvc\nnew line',
  'pvc\u0000nul',
  'ｐｖｃ',
];

const shown = (text: string): string => (text.length > 20 ? `of ${text.length} letters` : JSON.stringify(text));

const hostilePaths = [
  '',
  'relative/path',
  '/var/../etc',
  '/',
  '//double',
  '/ends/',
  '/nul\u0000',
  `/${'x'.repeat(5_000)}`,
];

/** The CSI services as they are called: in any order, twice, and with anything. */
export function describeCsiCalls(user: () => User): void {
  const caller = (capability = fileSystem) => new Caller(user(), capability);

  it('CreateVolume gives the same volume again, and refuses another one under its name', async () => {
    const volume = caller();
    expect(await volume.create()).toBe('OK');
    const { metadata } = (await volume.volume())!;
    expect(await volume.create()).toBe('OK');
    expect((await volume.volume())!.metadata.uid).toBe(metadata.uid);
    const differing = [
      { capacityRange: { requiredBytes: String(2 * GiB) } },
      { parameters: { numberOfCopies: '3' } },
      { parameters: { 'csi.storage.k8s.io/fstype': 'ext4' } },
      { volumeCapabilities: [block] },
    ];
    for (const changes of differing) expect(await volume.create(changes)).toMatch(/^ALREADY_EXISTS: .* differs: /);
    expect(await volume.create({ capacityRange: { requiredBytes: '-1' } })).toMatch(/^OUT_OF_RANGE: /);
    expect(await volume.create({ capacityRange: { requiredBytes: '0' } })).toBe('OK');
    expect(await volume.delete()).toBe('OK');
  });

  it('DeleteVolume succeeds for what does not exist, and after it did', async () => {
    const volume = caller();
    expect(await volume.delete()).toBe('OK');
    expect(await volume.create()).toBe('OK');
    expect([await volume.delete(), await volume.delete()]).toEqual(['OK', 'OK']);
  });

  it('what was deleted can be made again under its name, and is another volume', async () => {
    const volume = caller();
    await volume.create();
    const { uid } = (await volume.volume())!.metadata;
    await volume.delete();
    expect(await volume.create()).toBe('OK');
    expect((await volume.volume())!.metadata.uid).not.toBe(uid);
    expect(await volume.delete()).toBe('OK');
  });

  it('each step wants the one before, on the node that the volume is attached to', async () => {
    const volume = caller();
    const [here, there] = user().world.nodes as [string, string];
    expect(await volume.attach(here)).toMatch(/^NOT_FOUND: volume .* does not exist/);
    expect(await volume.stage(here)).toMatch(/^NOT_FOUND: /);
    expect(await volume.publish(here, 'a')).toMatch(/^NOT_FOUND: /);
    await volume.create();
    expect(await volume.stage(here)).toMatch(/^FAILED_PRECONDITION: volume .* is not attached to any node/);
    expect(await volume.attach('nobody')).toMatch(/^NOT_FOUND: node nobody does not run MeshStor/);
    expect([await volume.attach(here), await volume.attach(here)]).toEqual(['OK', 'OK']);
    expect(await volume.attach(there)).toMatch(new RegExp(`^FAILED_PRECONDITION: .* is attached to node ${here}`));
    expect(await volume.delete()).toMatch(new RegExp(`^FAILED_PRECONDITION: .* is attached to node ${here}`));
    expect(await volume.stage(there)).toMatch(new RegExp(`^FAILED_PRECONDITION: .* attached to node ${here}`));
    expect(await volume.publish(here, 'a')).toMatch(/^FAILED_PRECONDITION: .* not staged/);
    expect([await volume.stage(here), await volume.stage(here)]).toEqual(['OK', 'OK']);
    expect([await volume.publish(here, 'a'), await volume.publish(here, 'a')]).toEqual(['OK', 'OK']);
    expect(await volume.unstage(here)).toMatch(/^FAILED_PRECONDITION: .* still published/);
    await volume.remove(here, 'a');
    expect(await volume.unpublish(here, 'a')).toBe('OK');
    expect([await volume.unstage(here), await volume.detach(here), await volume.delete()]).toEqual(['OK', 'OK', 'OK']);
  });

  it('staged again without having been detached, has its data under the same epoch', async () => {
    const volume = caller();
    const [node] = user().world.nodes as [string];
    await volume.create();
    await volume.attach(node);
    for (let time = 1; time <= 3; time++) {
      expect(await volume.stage(node)).toBe('OK');
      expect((await volume.volume())!.status!.owner!.epoch).toBe(1);
      expect(await volume.unstage(node)).toBe('OK');
      expect((await volume.volume())!.status!.array!.state).toBe('Stopped');
    }
    await volume.remove(node);
  });

  it.each(hostileIds.map((id) => ({ id, shown: shown(id) })))(
    'the id $shown is refused, or unknown, everywhere',
    async ({ id }) => {
      const { world } = user();
      const [node] = world.nodes as [string];
      const before = await world.traces();
      const answers = await everyCall(world, id, node);
      const refused = /^(INVALID_ARGUMENT|NOT_FOUND): [^\n]{1,300}$/;
      for (const [call, text] of Object.entries(answers)) {
        // What does not exist is deleted, detached and unmounted already.
        const expected = ['delete', 'detach', 'unstage', 'unpublish'].includes(call) ? /^OK$/ : refused;
        expect(`${call}: ${text}`).toMatch(new RegExp(`^${call}: ${expected.source.slice(1)}`));
      }
      expect(await world.traces()).toEqual(before);
    },
  );

  it.each([...hostileIds, ''].map((name) => ({ name, shown: shown(name) })))(
    'CreateVolume under the name $shown is refused, or makes a volume under one that is safe',
    async ({ name }) => {
      const { world } = user();
      const request = { name, capacityRange: { requiredBytes: String(GiB) }, volumeCapabilities: [fileSystem] };
      const made = world.csi.controller.createVolume(request).then(
        ({ volume }) => volume!.volumeId,
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      );
      const answer = await world.done(made);
      expect(answer).toMatch(/^(INVALID_ARGUMENT: name [^\n]{1,300}|[a-z0-9][-a-z0-9]{1,51})$/);
      if (!answer.includes(':')) await world.done(world.csi.controller.deleteVolume({ volumeId: answer }));
    },
  );

  it.each(hostilePaths.map((path) => ({ path, shown: shown(path) })))(
    'a path $shown is refused wherever a path is given',
    async ({ path }) => {
      const volume = caller();
      const [node] = user().world.nodes as [string];
      const bad = /^(INVALID_ARGUMENT|FAILED_PRECONDITION): /;
      expect(await volume.stage(node, { stagingTargetPath: path })).toMatch(bad);
      expect(await volume.unstage(node, { stagingTargetPath: path })).toMatch(bad);
      expect(await volume.publish(node, 'a', { stagingTargetPath: path })).toMatch(bad);
      expect(await volume.publish(node, 'a', { targetPath: path })).toMatch(bad);
    },
  );
}

/** What every call that names a volume answers for this id. */
async function everyCall(world: World, volumeId: string, node: string): Promise<Record<string, string>> {
  const paths = { stagingTargetPath: '/var/lib/kubelet/staging', targetPath: '/var/lib/kubelet/target' };
  const { stagingTargetPath, targetPath } = paths;
  const volumeCapability = fileSystem;
  const { controller } = world.csi;
  const here = world.csi.node(node);
  const calls: Record<string, () => Promise<unknown>> = {
    delete: () => controller.deleteVolume({ volumeId }),
    attach: () => controller.controllerPublishVolume({ volumeId, nodeId: node, volumeCapability }),
    detach: () => controller.controllerUnpublishVolume({ volumeId, nodeId: node }),
    validate: () => controller.validateVolumeCapabilities({ volumeId, volumeCapabilities: [volumeCapability] }),
    get: () => controller.controllerGetVolume({ volumeId }),
    stage: () => here.nodeStageVolume({ volumeId, stagingTargetPath, volumeCapability }),
    unstage: () => here.nodeUnstageVolume({ volumeId, stagingTargetPath }),
    publish: () => here.nodePublishVolume({ volumeId, ...paths, volumeCapability }),
    unpublish: () => here.nodeUnpublishVolume({ volumeId, targetPath }),
    stats: () => here.nodeGetVolumeStats({ volumeId, volumePath: targetPath }),
  };
  const answers: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    answers[name] = await world.done(
      call().then(
        () => 'OK',
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      ),
    );
  }
  return answers;
}
