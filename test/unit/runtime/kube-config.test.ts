import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cachedAuthorization } from '../../../src/runtime/kube/authorization';
import { loadConnection } from '../../../src/runtime/kube/config';
import { FakeClock } from '../../support/fake-clock';

let folder: string;
const file = async (name: string, content: string) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kube-config-'))));
afterEach(() => rm(folder, { recursive: true }));

const kubeconfig = (user: object, cluster: object = {}) =>
  file(
    'config',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c1',
      contexts: [{ name: 'c1', context: { cluster: 'k1', user: 'u1', namespace: 'ns1' } }],
      clusters: [{ name: 'k1', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
      users: [{ name: 'u1', user }],
    }),
  );

describe('loadConnection', () => {
  it('takes the service account inside a pod', async () => {
    await file('ca.crt', 'CA');
    await file('token', 'first\n');
    await file('namespace', 'meshstor');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const connection = await loadConnection({ env, serviceAccountPath: folder });
    expect(connection).toMatchObject({ server: 'https://[fd00::1]:443', tls: { ca: 'CA' }, namespace: 'meshstor' });
    expect(await connection.authorization.header()).toBe('Bearer first');
    await file('token', 'second');
    expect(await connection.authorization.header()).toBe('Bearer first');
    connection.authorization.refused();
    expect(await connection.authorization.header()).toBe('Bearer second');
  });

  it('says what is missing when the service account is not mounted', async () => {
    const options = { env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, serviceAccountPath: folder };
    await expect(loadConnection(options)).rejects.toThrow(/service account cannot be read: .*ca.crt.*automount/);
  });

  it('reads client certificates and the CA from a kubeconfig', async () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    const cluster = { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kube' };
    const connection = await loadConnection({ kubeconfig: await kubeconfig(user, cluster) });
    const { ca, cert, key } = connection.tls;
    expect([ca, cert, key].map(String)).toEqual(['CA', 'CERT', 'KEY']);
    expect(connection).toMatchObject({
      server: 'https://10.0.0.1:6443',
      namespace: 'ns1',
      tls: { servername: 'kube' },
    });
    expect(await connection.authorization.header()).toBeUndefined();
  });

  it.each([
    ['a token', { token: 'secret' }, 'Bearer secret'],
    ['a name and password', { username: 'me', password: 'pw' }, `Basic ${base64('me:pw')}`],
    [
      'a credentials plugin',
      {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: process.execPath,
          args: ['-e', 'console.log(JSON.stringify({ kind: "ExecCredential", status: { token: "made" } }))'],
        },
      },
      'Bearer made',
    ],
  ])('proves who is asking with %s', async (_name, user, header) => {
    const connection = await loadConnection({ kubeconfig: await kubeconfig(user) });
    expect(await connection.authorization.header()).toBe(header);
  });

  it('refuses a context that does not exist, and a proxy it would not use', async () => {
    const known = await kubeconfig({}, { 'proxy-url': 'http://proxy' });
    await expect(loadConnection({ kubeconfig: known, context: 'nope' })).rejects.toThrow("context 'nope'");
    await expect(loadConnection({ kubeconfig: known })).rejects.toThrow('proxy-url');
  });

  it('says where it looked when there is nothing to go by', async () => {
    const { HOME, KUBECONFIG } = process.env;
    delete process.env['KUBECONFIG'];
    process.env['HOME'] = folder;
    try {
      await expect(loadConnection({ env: {} })).rejects.toThrow(/neither --kubeconfig, nor \$KUBECONFIG/);
    } finally {
      Object.assign(process.env, { HOME, ...(KUBECONFIG !== undefined && { KUBECONFIG }) });
    }
  });
});

describe('cachedAuthorization', () => {
  const answers = (clock: FakeClock, ...values: (string | Error)[]) => {
    let calls = 0;
    const authorization = cachedAuthorization(async () => {
      const value = values[calls++];
      if (value instanceof Error) throw value;
      return value;
    }, clock);
    return { authorization, calls: () => calls };
  };

  it('fetches once a minute, and once for those who ask at the same time', async () => {
    const clock = new FakeClock();
    const { authorization, calls } = answers(clock, 'a', 'b');
    expect(await Promise.all([authorization.header(), authorization.header()])).toEqual(['a', 'a']);
    await clock.advance(59_999);
    expect(authorization.header()).toBe('a');
    await clock.advance(1);
    expect(await authorization.header()).toBe('b');
    expect(calls()).toBe(2);
  });

  it('goes on with the last header while it cannot be fetched, but not without any', async () => {
    const clock = new FakeClock();
    const gone = new Error('gone');
    const { authorization } = answers(clock, gone, 'a', gone, 'b');
    await expect(authorization.header()).rejects.toThrow('gone');
    expect(await authorization.header()).toBe('a');
    authorization.refused();
    expect(await authorization.header()).toBe('a');
    authorization.refused();
    expect(await authorization.header()).toBe('b');
  });
});
