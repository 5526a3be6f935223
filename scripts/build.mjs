// Bundles the product (dist/meshstor.cjs, and dist/client-node.cjs beside it) and the simulated world
// (dist/meshstor-sim.cjs). The image ships only the product. A folder other than dist can be named.
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

// The client library serves those who are given a kubeconfig, and is three quarters of the code. In a file of its own
// it costs the others nothing: 40 MB of each process, and with them the time that starting a program takes.
const apart = {
  name: 'client-node in a file of its own',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: './client-node.cjs', external: true })),
};

await build({ ...common, entryPoints: { meshstor: 'src/main.ts' }, outdir, plugins: [apart] });
await build({
  ...common,
  entryPoints: { 'client-node': '@kubernetes/client-node', 'meshstor-sim': 'src/sim-main.ts' },
  outdir,
});
