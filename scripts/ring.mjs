// Runs one ring of tests and counts them: node scripts/ring.mjs simulated|kube|kernel
//
// ONLY=pattern runs the test files whose path matches it, or, where none does, the tests whose name does.
// The counts go to out/tests/<ring>.json.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const rings = {
  simulated: { projects: ['unit', 'contract', 'integration'], options: [] },
  // One control plane, one lab: their tests share what there is one of.
  kube: { projects: ['kube'], options: ['--runInBand'] },
  kernel: { projects: ['kernel'], options: ['--runInBand', ...progress()] },
};
const jest = ['node_modules/jest/bin/jest.js'];
const [name] = process.argv.slice(2);
const ring = rings[name];
if (!ring) fail(`usage: node scripts/ring.mjs ${Object.keys(rings).join('|')}`);

const select = ['--selectProjects', ...ring.projects];
const report = `out/tests/${name}.json`;
mkdirSync('out/tests', { recursive: true });
rmSync(report, { force: true });
const { status } = spawnSync(
  process.execPath,
  [...jest, ...select, ...ring.options, '--json', `--outputFile=${report}`, ...chosen(process.env.ONLY)],
  // The report goes to the file; what is left on standard output is the same again.
  { stdio: ['ignore', 'ignore', 'inherit'], env: withKubectl(process.env) },
);
const counts = count(report);
writeFileSync(report, JSON.stringify(counts));
process.stdout.write(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = status === 0 && counts.passed > 0 ? 0 : 1;

/** Its files take minutes, and say nothing until they end. */
function progress() {
  return ['--reporters=<rootDir>/scripts/progress-reporter.mjs', '--reporters=default'];
}

function chosen(only) {
  if (!only) return [];
  const listed = execFileSync(process.execPath, [...jest, ...select, '--listTests', '--', only], { encoding: 'utf8' });
  const isFile = listed.split('\n').some((line) => line.startsWith('/'));
  return isFile ? ['--', only] : ['-t', only];
}

/** A file that could not be run at all counts as a failure, besides those of its tests. */
function count(file) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Tests that drive kubectl find a recent one in KUBECTL. */
function withKubectl(env) {
  const { status, stdout, stderr } = spawnSync('scripts/kube/kubectl.sh', { encoding: 'utf8', env });
  if (status !== 0) fail(`no kubectl 1.32 or later, which these tests need:\n${stderr}`);
  return { ...env, KUBECTL: stdout.trim() };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
