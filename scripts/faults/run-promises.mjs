import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/build.mjs';
import { run as runCommand } from '../process/run.mjs';
import { task } from '../progress.mjs';
import { filesUnder, repository } from '../projects.mjs';
import { tableOf } from './table.mjs';

const FOLDER = join(repository, 'test/faults');
/** Their own trials show how it is without what the promise rests on. */
const OWN_CONTRAST = [3, 17];
const REPORT = join(repository, '.cache/faults/report.ndjson');

/**
 * Proves promises, one after the other, each in a process of its own, and prints a table of what was found.
 * @param {'long' | 'soak'} form
 * @param {readonly string[]} numbers  of the promises; none means all
 * @param {{ weakened?: boolean }} [options]  whether each is to be missed, without what it rests on
 * @returns {Promise<number>} the exit code
 * @throws {Error} when there is no promise of that number
 */
export async function runPromises(form, numbers, { weakened = false } = {}) {
  const chosen = promises().filter(({ number }) =>
    numbers.length === 0 ? !weakened || !OWN_CONTRAST.includes(number) : numbers.map(Number).includes(number),
  );
  const unknown = numbers.filter(number => !chosen.some(promise => promise.number === Number(number)));
  if (unknown.length > 0) throw new Error(`There is no promise ${unknown.join(', ')}; see docs/faults.md.`);
  await task('Build', () => build());
  rmSync(REPORT, { force: true });
  const broken = [];
  for (const { number, file } of chosen) {
    await task(`Promise ${number}`, () => prove(file, form, weakened)).catch(error => broken.push({ number, error }));
  }
  const reports = existsSync(REPORT)
    ? readFileSync(REPORT, 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
    : [];
  // What was not kept stands in the table; what broke before it found anything stands here.
  for (const { number, error } of broken) {
    if (!reports.some(report => report.number === number))
      console.error(`promise ${number}: ${error.output ?? error.stack}`);
  }
  console.log(`\n${tableOf(reports)}\n`);
  console.log(`${chosen.length - broken.length} passed, ${broken.length} failed`);
  return broken.length > 0 ? 1 : 0;
}

function promises() {
  return filesUnder(FOLDER)
    .map(file => ({ file, number: Number(/(\d+)-[^/]*\.promise-spec\.ts$/.exec(file)?.[1]) }))
    .filter(({ number }) => number > 0)
    .sort((a, b) => a.number - b.number);
}

function prove(file, form, weakened) {
  const jest = join(repository, 'node_modules/jest/bin/jest.js');
  const args = [jest, '--config', 'test/jest-e2e.config.mjs', '--runInBand', '--runTestsByPath', file];
  const env = { ...process.env, FAULTS: form, ...(weakened && { FAULTS_WEAKENED: '1' }), CI: 'true' };
  return runCommand(process.execPath, args, { cwd: repository, env });
}
