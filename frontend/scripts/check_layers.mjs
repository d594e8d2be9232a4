// Runs dependency-cruiser and fails when it saw too few modules, because a cruiser that reads
// nothing is green.
import { spawnSync } from 'node:child_process';

const LEAST_MODULES = 200;

const run = spawnSync(
  process.execPath,
  [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'src',
  ],
  { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);
if (!run.stdout) {
  process.stderr.write(run.stderr);
  process.exit(2);
}
const report = JSON.parse(run.stdout);
const ours = report.modules.filter((module) => module.source.startsWith('src/'));
for (const violation of report.summary.violations) {
  process.stderr.write(`${violation.rule.name}: ${violation.from} -> ${violation.to}\n`);
}
if (ours.length < LEAST_MODULES) {
  process.stderr.write(
    `only ${ours.length} modules were seen, expected ${LEAST_MODULES} or more\n`,
  );
  process.exit(1);
}
process.stdout.write(`layers: ${ours.length} modules, ${report.summary.error} violations\n`);
process.exit(report.summary.error > 0 ? 1 : 0);
