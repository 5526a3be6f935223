// Runs several make targets of tests, also after one has failed, and ends with one count of all their tests.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

const folder = 'out/tests';
rmSync(folder, { recursive: true, force: true });
const failed = process.argv.slice(2).filter((target) => {
  process.stdout.write(`\n== make ${target}\n`);
  return spawnSync('make', ['--no-print-directory', target], { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0;
});

const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of existsSync(folder) ? readdirSync(folder) : []) {
  const counts = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
  for (const key of Object.keys(total)) total[key] += counts[key];
}
// A target that failed without a failed test, in lint say, is one failure too.
if (failed.length > total.failed) total.failed = failed.length;
if (failed.length > 0) process.stdout.write(`\nfailed: make ${failed.join(' ')}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
