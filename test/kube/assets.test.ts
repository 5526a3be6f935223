import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const program = '#!/bin/sh\necho Kubernetes v9.9.9\n';
const sha512 = (content: Buffer | string): string => createHash('sha512').update(content).digest('hex');

/** A stand-in for the download sites: the layout of the real ones, with programs of one line. */
describe('scripts/kube/assets.sh', () => {
  let folder: string;
  let server: Server;
  let files: Map<string, Buffer | string>;
  let downloads: string[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'meshstor-assets-'));
    downloads = [];
    files = new Map<string, Buffer | string>([['envtest.tar.gz', envtestArchive(folder)]]);
    for (const name of ['kube-controller-manager', 'kube-scheduler']) {
      files.set(name, program).set(`${name}.sha512`, sha512(program));
    }
    server = createServer((request, response) => {
      const name = basename(request.url!);
      if (request.method === 'GET') downloads.push(name);
      const file = files.get(name);
      response.writeHead(file ? 200 : 404).end(request.method === 'GET' ? file : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const run = async (
    environment: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = {
      ...process.env,
      KUBEBUILDER_ASSETS: '',
      no_proxy: '127.0.0.1',
      MESHSTOR_CACHE: join(folder, 'cache'),
      MESHSTOR_ENVTEST_URL: `${site}/envtest.tar.gz`,
      MESHSTOR_ENVTEST_SHA512: sha512(files.get('envtest.tar.gz')!),
      MESHSTOR_KUBERNETES_URL: site,
      ...environment,
    };
    return new Promise((resolve) => {
      execFile('scripts/kube/assets.sh', { env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout: stdout.trim(), stderr });
      });
    });
  };
  const entries = (): string[] => readdirSync(join(folder, 'cache')).filter((name) => !name.startsWith('.'));

  it('downloads a control plane with its managers when the site can be reached', async () => {
    const { stdout } = await run();
    const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubectl'];
    expect(readdirSync(stdout).sort()).toEqual(programs);
    for (const name of programs) expect(execFileSync(join(stdout, name), { encoding: 'utf8' })).toContain('v9.9.9');
  });

  it('downloads once, also for two that ask at the same time', async () => {
    const [first, second] = await Promise.all([run(), run()]);
    expect(second.stdout).toBe(first.stdout);
    expect((await run()).stdout).toBe(first.stdout);
    expect(downloads).toEqual([...new Set(downloads)]);
  });

  it('keeps nothing of a download that is not what it should be, and can be run again', async () => {
    const refused = await run({ MESHSTOR_ENVTEST_SHA512: sha512('something else') });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(entries()).toEqual([]);

    files.set('kube-scheduler', 'tampered');
    expect(await run()).toMatchObject({ code: 1, stdout: '' });
    expect(entries()).toEqual([]);

    files.set('kube-scheduler', program);
    expect((await run()).code).toBe(0);
  });

  it('starts over where a run before was killed', async () => {
    const { stdout } = await run();
    const name = basename(stdout);
    rmSync(stdout, { recursive: true });
    mkdirSync(`${stdout}.partial`);
    writeFileSync(join(`${stdout}.partial`, 'half'), '');
    expect((await run()).stdout).toBe(stdout);
    expect(entries()).toEqual([name]);
    expect(readdirSync(stdout)).not.toContain('half');
  });

  it('takes the folder of KUBEBUILDER_ASSETS as it is, and downloads nothing', async () => {
    const given = await run({ KUBEBUILDER_ASSETS: (await run()).stdout });
    const before = downloads.length;
    expect((await run({ KUBEBUILDER_ASSETS: given.stdout })).stdout).toBe(given.stdout);
    expect(downloads).toHaveLength(before);
  });

  it.each([
    [{ KUBEBUILDER_ASSETS: '/nonexistent' }, 1, 'KUBEBUILDER_ASSETS=/nonexistent holds no kube-apiserver and etcd'],
    [{ MESHSTOR_KUBE_SOURCE: 'elsewhere' }, 2, 'MESHSTOR_KUBE_SOURCE=elsewhere: must be envtest or debian'],
  ])('refuses %j', async (environment, code, message) => {
    expect(await run(environment)).toEqual({ code, stdout: '', stderr: `${message}\n` });
  });
});

function envtestArchive(folder: string): Buffer {
  const content = join(folder, 'archive/controller-tools/envtest');
  mkdirSync(content, { recursive: true });
  for (const name of ['etcd', 'kube-apiserver', 'kubectl'])
    writeFileSync(join(content, name), program, { mode: 0o755 });
  const path = join(folder, 'envtest.tar.gz');
  execFileSync('tar', ['-czf', path, '-C', join(folder, 'archive'), 'controller-tools']);
  return readFileSync(path);
}
