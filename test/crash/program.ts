/**
 * A process that publishes, and kills itself where it is told to: `program.mjs <job> <operation> <before|after>`.
 * An outcome on purpose ends it with the documented exit code, and its code as the only line on standard error.
 */
import { PublishError } from '../../src/errors.js';
import { run, type Job } from './publisher.js';

const [job = '', at = '0', moment = 'before'] = process.argv.slice(2);
let count = 0;
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
try {
  await run(JSON.parse(job) as Job, {
    before: () => {
      if (++count === Number(at) && moment === 'before') die();
      return count;
    },
    after: (_, mark) => {
      if (mark === Number(at) && moment === 'after') die();
    },
  });
} catch (error) {
  if (!(error instanceof PublishError)) throw error;
  process.exitCode = error.exitCode;
  process.stderr.write(`${error.code}\n`);
}
