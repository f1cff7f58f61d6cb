// Adds up the counts of vitest's JSON reports and prints one line: "N passed, N failed, N skipped".
// Before it, what failed is named with its message, so that the end of a log is enough to know the cause.
// Exits 1 when anything failed, when nothing passed, or when a suite ended without running its tests.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;

const root = new URL('..', import.meta.url).pathname;
const tell = (file, title, message) =>
  console.log(`failed: ${file.replace(root, '')} > ${title}\n${message.split('\n').slice(0, 12).join('\n')}`);

for (const file of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  // A file that cannot be loaded has no tests; it counts as one that failed.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  failed += report.numFailedTests + broken.length;
  for (const result of broken) tell(result.name, '(the file itself)', result.message ?? '');
  for (const { name, assertionResults } of report.testResults) {
    for (const test of assertionResults.filter(({ status }) => status === 'failed')) {
      tell(name, test.fullName, test.failureMessages.join('\n'));
    }
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
