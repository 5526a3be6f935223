import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { startControlPlane, type ControlPlane } from './control-plane';
import { until } from './until';

const runs = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('a control plane of the tests', () => {
  it('ends with all its processes and files when it is stopped, and leaves others alone', async () => {
    const [stopped, other] = await Promise.all([
      startControlPlane({ withManagers: false }),
      startControlPlane({ withManagers: false }),
    ]);
    try {
      expect(stopped.pids.filter(runs)).toHaveLength(2);
      await stopped.stop();
      expect(stopped.pids.filter(runs)).toEqual([]);
      expect(existsSync(dirname(stopped.kubeconfigPath))).toBe(false);
      expect(await other.kubectl.run(['get', '--raw', '/readyz'])).toBe('ok');
    } finally {
      await other.stop();
    }
  });

  it('ends when its owner is killed, and the next one removes its files', async () => {
    const { owner, plane } = await startInOtherProcess();
    expect(plane.pids.filter(runs)).toHaveLength(2);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await until('its processes are gone', async () => !plane.pids.some(runs) || undefined);
    expect(existsSync(plane.kubeconfigPath)).toBe(true);

    const next = await startControlPlane({ withManagers: false });
    await next.stop();
    expect(existsSync(plane.kubeconfigPath)).toBe(false);
  });
});

async function startInOtherProcess(): Promise<{ owner: ReturnType<typeof spawn>; plane: ControlPlane }> {
  const script = `
    const { startControlPlane } = await import('./test/kube/control-plane.ts');
    const { pids, kubeconfigPath } = await startControlPlane({ withManagers: false });
    console.log(JSON.stringify({ pids, kubeconfigPath }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, plane: JSON.parse(line.toString()) as ControlPlane };
}
