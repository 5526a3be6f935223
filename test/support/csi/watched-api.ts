import type { KubeObject, Resource } from '../../../src/api/meta';
import type { Watched } from '../../../src/csi/caches';
import { ApiDouble } from '../../unit/controllers/api-double';

/** The API server in memory, with caches that tell of changes, as the CSI services want them. */
export class WatchedApi extends ApiDouble {
  /** What the caches say of themselves. */
  hasSynced = true;

  watched<T extends KubeObject>(
    resource: Resource<T>,
    indexes: Record<string, (object: T) => string> = {},
  ): Watched<T> {
    const isFilled = () => this.hasSynced;
    return {
      ...this.lister(resource, indexes),
      get hasSynced() {
        return isFilled();
      },
      onChange: (handler) => this.onChange(resource, (now) => handler({ now })),
    };
  }
}
