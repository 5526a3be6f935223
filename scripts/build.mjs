// Bundles the product (dist/meshstor.cjs) and the simulated world (dist/meshstor-sim.cjs). The image ships only
// the first. A folder other than dist can be named.
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  sourcemap: 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  // kubernetes-fluent-client tells a kind by the name of its class.
  keepNames: true,
};

const [outdir = 'dist'] = process.argv.slice(2);

await build({ ...common, entryPoints: { meshstor: 'src/main.ts', 'meshstor-sim': 'src/sim-main.ts' }, outdir });
