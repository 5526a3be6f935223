/**
 * Builds what the real-kernel tests boot: a User Mode Linux kernel and a root file system, both from the Debian
 * mirror this machine's apt uses. Everything lands in the cache; what is there already is not built again.
 *
 *   npx tsx scripts/kernel/index.ts [--refresh]     --refresh: look for a newer kernel package first
 */
import { ensureHostPackages } from './host-packages';
import { buildBase, buildImage, pruneImages } from './rootfs';
import { progress } from './run';
import { buildKernel } from './uml';

async function main(): Promise<void> {
  await ensureHostPackages();
  const refresh = process.argv.includes('--refresh');
  const kernel = await buildKernel({ refresh });
  const image = await buildImage(await buildBase());
  await pruneImages();
  progress(`ready: ${kernel}\n                ${image}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`kernel-assets: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
