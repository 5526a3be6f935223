import type { NodeFacts } from '../../gen/host';
import type { Call } from '../call';
import type { Host } from '../host';

/** What the kernel's release means for arrays is judged by whoever may be told to accept it (`--allow-old-kernel`). */
export async function getNodeFacts(host: Host, call: Call, findings: readonly string[]): Promise<NodeFacts> {
  const kernel = (await host.proc.text('sys/kernel/osrelease')) ?? 'unknown';
  const bootId = (await host.proc.text('sys/kernel/random/boot_id')) ?? '';
  const { stdout, stderr } = await host.exec.run(['mdadm', '--version'], { call, readOnly: true });
  const mdadm = /v(\S+)/.exec(`${stdout.toString()} ${stderr}`)?.[1] ?? 'unknown';
  const rdma = (await host.sysfs.list('class/infiniband')).length > 0;
  const warnings = [host.autoAssembly.warning, ...findings];
  return { kernel, mdadm, rdma, warnings: warnings.filter((warning) => warning !== undefined), bootId };
}
