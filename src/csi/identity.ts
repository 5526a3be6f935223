import { driverName } from '../api/names';
import type { IdentityDefinition, PluginCapability } from './gen/csi';
import type { Service } from './service';

export interface IdentityDeps {
  readonly version: string;
  /** Whether the caches are filled. Asked at each probe. */
  readonly isReady: () => boolean;
}

/** Answers from memory alone: probes must not fail because the API server is slow. */
export function identityService({ version, isReady }: IdentityDeps): Service<typeof IdentityDefinition> {
  return {
    getPluginInfo: async () => ({ name: driverName, vendorVersion: version, manifest: {} }),
    getPluginCapabilities: async () => ({ capabilities }),
    probe: async () => ({ ready: isReady() }),
  };
}

const capabilities: PluginCapability[] = (['CONTROLLER_SERVICE', 'VOLUME_ACCESSIBILITY_CONSTRAINTS'] as const).map(
  (type) => ({ type: { $case: 'service', service: { type } } }),
);
