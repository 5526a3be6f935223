// Bundles the product (dist/meshstor.js) and the simulated world (dist/meshstor-sim.js). The image ships only
// the first.
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: 'linked',
  logLevel: 'warning',
  legalComments: 'none',
};

await build({ ...common, entryPoints: { meshstor: 'src/main.ts', 'meshstor-sim': 'src/sim-main.ts' }, outdir: 'dist' });
