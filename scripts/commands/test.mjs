import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { refuseArguments, refuseOptions, WrongArguments } from '../arguments.mjs';
import { build } from '../build/build.mjs';
import { CommandFailed, run as runCommand } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { filesUnder, repository } from '../projects.mjs';
import { obtainHaproxy } from '../servers/haproxy.mjs';
import { obtainRedis } from '../servers/redis.mjs';
import { checkFormat } from './format.mjs';
import { lintCode, lintLayers } from './lint.mjs';
import { checkMap } from './map.mjs';
import { typecheck } from './typecheck.mjs';

export const help = `npm test [-- web | mobile]

Format, lint, layers, types, unit tests, build, map, end-to-end tests: all of them run, also after one failed, and the last
line counts them. With the name of an app: that app's tests and the end-to-end tests that carry its name.
With CI=true a server that cannot be had (Consul, Redis, HAProxy, Prometheus, Chromium) fails the tests that need it; elsewhere they are skipped, and the summary says so.`;

/** @param {readonly string[]} args */
export async function run(args) {
  const [app, ...more] = args;
  refuseOptions(args);
  refuseArguments(more);
  if (app && !existsSync(join(repository, 'apps', app)))
    throw new WrongArguments(
      `There is no app '${app}' in apps/. The unit tests of a folder or file: npx jest libs/page.`,
    );
  return runSteps(app ? stepsOf(app) : allSteps());
}

/**
 * Runs steps, all of them, also after one failed; the last line counts their tests.
 * @param {readonly { label: string, work: () => Promise<{ passed: number, failed: number, skipped: string[] } | void> }[]} steps
 * @returns {Promise<number>} the exit code
 */
export async function runSteps(steps) {
  const total = { passed: 0, failed: 0, skipped: [] };
  for (const { label, work } of steps) await step(total, label, work);
  return report(total);
}

function allSteps() {
  return [
    { label: 'Format', work: checkFormat },
    { label: 'Lint', work: () => lintCode() },
    { label: 'Layers', work: lintLayers },
    { label: 'Types', work: typecheck },
    { label: 'Redis', work: () => server(obtainRedis) },
    { label: 'HAProxy', work: () => server(obtainHaproxy) },
    { label: 'Unit tests', work: () => unit() },
    { label: 'Build', work: () => build() },
    { label: 'Map', work: checkMap },
    { label: 'End-to-end tests', work: () => endToEnd() },
  ];
}

function stepsOf(app) {
  return [
    { label: `Unit tests of ${app}`, work: () => unit('--passWithNoTests', `/apps/${app}/`) },
    { label: 'Build', work: () => build(['services', app].filter(isProject)) },
    { label: `End-to-end tests of ${app}`, work: () => endToEnd('--passWithNoTests', `/test/.*${app}`) },
  ];
}

const unit = (...options) => jest('unit', 'jest.config.mjs', [`--maxWorkers=${availableParallelism()}`, ...options]);

// One suite at a time: they measure latencies, and each runs a handful of processes.
const endToEnd = (...options) => jest('e2e', 'test/jest-e2e.config.mjs', ['--runInBand', ...options]);

const isProject = name => name !== 'services' || filesUnder(join(repository, 'examples/shop/services')).length > 0;

/** A server for the tests that need it; without one they are skipped, and the summary says so. */
async function server(obtain) {
  try {
    await obtain();
    return { passed: 0, failed: 0, skipped: [] };
  } catch (error) {
    return { passed: 0, failed: 0, skipped: [error.message] };
  }
}

/** Runs one step; what it printed is shown when it failed. */
async function step(total, label, work) {
  try {
    const counted = await task(label, work);
    add(total, counted ?? { passed: 1, failed: 0, skipped: [] });
  } catch (error) {
    console.error((error.output ?? error.stack).trimEnd());
    add(total, error.counted ?? { passed: 0, failed: 1, skipped: [] });
  }
}

function add(total, { passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped.push(...skipped);
}

function report({ passed, failed, skipped }) {
  console.log('');
  for (const name of skipped) console.log(`skipped: ${name}`);
  // What is skipped in silence is never missed: where everything must run, it counts as failed.
  const missing = process.env.CI === 'true' ? skipped.length : 0;
  if (missing > 0) console.log(`With CI=true nothing may be skipped: ${missing} tests count as failed.`);
  console.log(`${passed} passed, ${failed + missing} failed`);
  return failed + missing > 0 ? 1 : 0;
}

/**
 * Runs jest and counts its tests; a suite that does not even load counts as one failed.
 * @throws {CommandFailed} with jest's output and the counts
 */
export async function jest(name, config, options) {
  const results = join(repository, 'node_modules', `.guichet-jest-${name}.json`);
  rmSync(results, { force: true });
  const program = join(repository, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = ['--config', config, '--json', '--outputFile', results, ...options];
  const failure = await runCommand(process.execPath, [program, ...args], { cwd: repository }).then(
    () => undefined,
    error => error,
  );
  const counted = existsSync(results) ? countsOf(results) : { passed: 0, failed: 1, skipped: [] };
  if (!failure) return counted;
  const broken = new CommandFailed('jest', 'failures', failure.output.replace(/^PASS .*\n/gm, ''));
  broken.counted = { ...counted, failed: Math.max(1, counted.failed) };
  throw broken;
}

function countsOf(file) {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const skipped = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'pending' || status === 'todo').map(({ fullName }) => fullName),
  );
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped };
}
