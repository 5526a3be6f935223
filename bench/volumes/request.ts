import type { ControllerCalls } from '../../src/sim/kubernetes/csi-calls';
import { topologyKeys } from '../../src/api/names';

type Request = Parameters<ControllerCalls['createVolume']>[0];

/** What external-provisioner asks for: two copies, for a pod that the scheduler put on this node. */
export function createRequest(name: string, node: string, requiredBytes = 1024 ** 3): Request {
  const terms = [{ segments: { [topologyKeys.node]: node } }];
  return {
    name,
    capacityRange: { requiredBytes: `${requiredBytes}` },
    volumeCapabilities: [
      {
        accessType: { $case: 'mount', mount: { fsType: '', mountFlags: [], volumeMountGroup: '' } },
        accessMode: { mode: 'SINGLE_NODE_WRITER' },
      },
    ],
    parameters: { numberOfCopies: '2' },
    accessibilityRequirements: { requisite: terms, preferred: terms },
  };
}
