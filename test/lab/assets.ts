import { buildImage, findBase } from '../../scripts/kernel/rootfs';
import { findKernel } from '../../scripts/kernel/uml';

export interface Assets {
  kernel: string;
  rootImage: string;
}

/**
 * The kernel and root image in the cache. The image is made anew (seconds) when the files in test/lab/guest
 * changed. MESHSTOR_LAB_KERNEL names another User Mode Linux binary to try.
 */
export async function findAssets(): Promise<Assets> {
  const kernel = process.env['MESHSTOR_LAB_KERNEL'] ?? (await findKernel());
  const base = findBase();
  if (kernel === undefined || base === undefined) {
    const lacking = kernel === undefined ? 'kernel' : 'root file system';
    throw new Error(`The lab's ${lacking} is not built. Run: make kernel-assets`);
  }
  return { kernel, rootImage: await buildImage(base) };
}
