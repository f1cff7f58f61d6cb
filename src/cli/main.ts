#!/usr/bin/env node
/** The command. Loads as little as it can before it knows what is wanted. */
import { runCommandLine } from './run.js';

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const { argv, env, stdout, stderr } = process;
const exitCode = await runCommandLine(argv.slice(2), { cwd: process.cwd(), env, stdout, stderr });
process.exitCode = exitCode;
// Idle keep-alive connections must not hold the process; what was written must be out first.
await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(exitCode);
