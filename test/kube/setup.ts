import { startControlPlane, type ControlPlane } from './control-plane';
import { share } from './shared';

const owner = globalThis as { meshstorControlPlane?: ControlPlane };

/** Jest's globalSetup: one control plane for all test files of the run. */
export default async function setup(): Promise<void> {
  owner.meshstorControlPlane = await startControlPlane({ withManagers: 'if available' });
  share(owner.meshstorControlPlane);
}

export async function teardown(): Promise<void> {
  await owner.meshstorControlPlane?.stop();
}
