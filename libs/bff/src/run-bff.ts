// How a process tells that it serves, for scripts and tests:
//   - one log line: `<name> serves on <host>:<port>, management on <host>:<port>` (JSON in production);
//   - to a parent that forked it, the message { type: 'listening', bff, host, port, managementPort }.
// Both come once, after the ports are open. A boot that fails writes to stderr and ends with 78 (what is wrong with pages
// and configuration, all of it) or 1 (a port in use, a bug).
import type { DynamicModule, Type } from '@nestjs/common';
import { BootProblems } from 'guichet/kernel';
import { Redactor } from 'guichet/observability';
import { bootFailure } from './boot-failure.js';
import { endOnCrash } from './crash.js';
import { compileParserEarly } from './early-parser.js';
import { type Bff, type RunBffOptions, startBff } from './start-bff.js';
import type { StopOptions } from './drain/drain.js';
import { keepPagesYoung } from './young-generation.js';

/**
 * Runs a BFF until it is told to end: SIGTERM and SIGINT drain it, a second one hurries. Outside production SIGINT does not have it
 * serve on until others have noticed. Ends the process: 0, or 1 when something did not close in time.
 * @param module   the app's root module
 * @param options  what the environment does not say
 * @see docs/configuration.md
 */
export async function runBff(module: Type | DynamicModule, options: RunBffOptions): Promise<void> {
  keepPagesYoung();
  compileParserEarly();
  const problems = new BootProblems();
  const redactor = new Redactor(process.env);
  let running: Bff | undefined;
  endOnCrash(options.name, redactor, () => running?.log);
  try {
    const bff = (running = await startBff(module, options, problems));
    const { name, host, port, managementPort } = bff;
    process.on('SIGTERM', () => void end(bff, { servesOn: true }));
    // Ctrl-C: nobody balances over what a developer runs.
    process.on('SIGINT', () => void end(bff, { servesOn: process.env['NODE_ENV'] === 'production' }));
    process.send?.({ type: 'listening', bff: name, host, port, managementPort });
  } catch (error) {
    const { message, exitCode } = bootFailure(options.name, error, problems);
    // Exits once it is written: stderr may be a pipe.
    process.stderr.write(`${redactor.text(message)}\n`, () => process.exit(exitCode));
  }
}

/** Ends the app, then, when its last line is written, the process. */
async function end(bff: Bff, how: StopOptions): Promise<void> {
  let exitCode = 0;
  try {
    await bff.stop(how);
  } catch (error) {
    bff.log.logger.error(error, 'Shutdown');
    exitCode = 1;
  }
  await bff.log.drained();
  process.exit(exitCode);
}
