import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConnection } from '../../../src/runtime/kube/config';
import { createHttpKubeClient, type HttpKubeClient } from '../../../src/runtime/kube/http';
import { startApiServer, type RunningApiServer } from '../../../src/sim/apiserver/index';
import { Kubectl } from '../../kube/kubectl';
import { conformance } from './conformance';

jest.setTimeout(60_000);

/** A missing kubectl fails the tests: it is what they are about. */
const program = process.env.KUBECTL ?? 'kubectl';

describe.each([
  ['over plain HTTP', {}],
  ['over TLS', { tls: true as const }],
])('the embedded API server %s', (_, options) => {
  let server: RunningApiServer;
  let client: HttpKubeClient;
  const folder = mkdtempSync(join(tmpdir(), 'apiserver-'));
  const kubeconfig = join(folder, 'kubeconfig');

  conformance(
    async () => {
      server = await startApiServer(options);
      writeFileSync(kubeconfig, server.kubeconfig());
      client = createHttpKubeClient({ connection: await loadConnection({ kubeconfig }) });
      return { kubeconfig, client, kubectl: new Kubectl(program, kubeconfig) };
    },
    { version: 'v1.32.0' },
  );

  afterAll(async () => {
    await client.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
