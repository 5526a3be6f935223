import { newCall } from '../../../src/csi/call';
import { identityService } from '../../../src/csi/identity';
import { World } from '../../support/csi/world';
import { FakeClock } from '../../support/fake-clock';

const call = newCall(new FakeClock(), new AbortController().signal);

describe('the Identity service', () => {
  it('names the driver and its version', async () => {
    const info = await identityService({ version: '1.2.3', isReady: () => true }).getPluginInfo({}, call);
    expect(info).toEqual({ name: 'io.meshstor.csi.mesh', vendorVersion: '1.2.3', manifest: {} });
  });

  it('names the services there are, and that topology matters', async () => {
    const { capabilities } = await identityService({ version: '', isReady: () => true }).getPluginCapabilities(
      {},
      call,
    );
    expect(capabilities.map(({ type }) => type)).toEqual([
      { $case: 'service', service: { type: 'CONTROLLER_SERVICE' } },
      { $case: 'service', service: { type: 'VOLUME_ACCESSIBILITY_CONSTRAINTS' } },
    ]);
  });

  it('is ready from the moment the caches are filled', async () => {
    let filled = false;
    const identity = identityService({ version: '', isReady: () => filled });
    expect(await identity.probe({}, call)).toEqual({ ready: false });
    filled = true;
    expect(await identity.probe({}, call)).toEqual({ ready: true });
  });
});

it('ControllerGetCapabilities names what the controller service can do, without asking anybody', async () => {
  const world = new World();
  const { capabilities } = await world.controller.controllerGetCapabilities({}, world.call());
  expect(world.kube.calls).toEqual([]);
  expect(capabilities.map(({ type }) => type!.rpc.type)).toEqual([
    'CREATE_DELETE_VOLUME',
    'PUBLISH_UNPUBLISH_VOLUME',
    'LIST_VOLUMES',
    'LIST_VOLUMES_PUBLISHED_NODES',
    'GET_CAPACITY',
    'VOLUME_CONDITION',
    'GET_VOLUME',
    'SINGLE_NODE_MULTI_WRITER',
  ]);
});
