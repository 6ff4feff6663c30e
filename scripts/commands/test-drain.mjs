import { refuseArguments } from '../arguments.mjs';
import { build } from '../build/build.mjs';
import { jest, runSteps } from './test.mjs';

export const help = `npm run test:drain

What an end of a replica must not cost: 20 SIGTERMs under load, 20000 requests, with the default settings, behind a real HAProxy and
again with clients that follow a real Consul. None may fail. Takes about ten minutes; a short form is part of npm test.`;

const FULL = { SIGTERMS: '20', REQUESTS: '20000', LOAD_PER_SECOND: '100', READINESS_MS: '2000' };

/** @param {readonly string[]} args */
export async function run(args) {
  refuseArguments(args);
  Object.assign(process.env, FULL);
  return runSteps([
    { label: 'Build', work: () => build() },
    { label: 'Drain', work: () => jest('drain', 'test/jest-e2e.config.mjs', ['--runInBand', '/test/drain']) },
  ]);
}
