import type { NodeFacts } from '../../gen/host';
import type { Call } from '../call';
import type { Host } from '../host';

/** First kernel whose md bitmap is safe on members over NVMe/TCP (measured damage before). */
const safeBitmapKernel = [6, 11] as const;

export async function getNodeFacts(host: Host, call: Call, findings: readonly string[]): Promise<NodeFacts> {
  const kernel = (await host.proc.text('sys/kernel/osrelease')) ?? 'unknown';
  const bootId = (await host.proc.text('sys/kernel/random/boot_id')) ?? '';
  const { stdout, stderr } = await host.exec.run(['mdadm', '--version'], { call, readOnly: true });
  const mdadm = /v(\S+)/.exec(`${stdout.toString()} ${stderr}`)?.[1] ?? 'unknown';
  const rdma = (await host.sysfs.list('class/infiniband')).length > 0;
  const warnings = [host.autoAssembly.warning, kernelWarning(kernel), ...findings];
  return { kernel, mdadm, rdma, warnings: warnings.filter((warning) => warning !== undefined), bootId };
}

export function kernelWarning(kernel: string): string | undefined {
  const [major, minor] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const [safeMajor, safeMinor] = safeBitmapKernel;
  const isSafe = major! > safeMajor || (major === safeMajor && minor! >= safeMinor);
  return isSafe
    ? undefined
    : `kernel ${kernel} is older than ${safeBitmapKernel.join('.')}: md's bitmap can corrupt data on members over NVMe/TCP`;
}
