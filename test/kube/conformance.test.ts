import { loadConnection } from '../../src/runtime/kube/config';
import { createHttpKubeClient, type HttpKubeClient } from '../../src/runtime/kube/http';
import { conformance } from '../integration/apiserver/conformance';
import { sharedControlPlane } from './shared';

const { kubeconfigPath, kubectl, version } = sharedControlPlane();

/** The tests of the embedded API server, on what it imitates. */
describe('a real API server', () => {
  let client: HttpKubeClient;

  conformance(
    async () => {
      client = createHttpKubeClient({ connection: await loadConnection({ kubeconfig: kubeconfigPath }) });
      return { kubeconfig: kubeconfigPath, client, kubectl };
    },
    { version },
  );

  afterAll(() => client.close());
});
