import { runPromises } from '../faults/run-promises.mjs';

export const help = `npm run test:faults [-- [--weakened] numbers of promises: 1 4 15]

What upstreams, the network and Consul must not be able to do to a page: every promise of docs/faults.md, proven under load
on this machine in 15 to 18 minutes, one row a promise. A short form of each is part of npm test; npm run test:soak is the
longest. With --weakened, each is tried without what it rests on (retries, ejection, the cap of a body, ...) and must be missed,
which shows that its proof notices. Timings count on a quiet machine only: a run whose load generator lagged is repeated, and says so.`;

/** @param {readonly string[]} args */
export function run(args) {
  const numbers = args.filter(arg => arg !== '--weakened');
  return runPromises('long', numbers, { weakened: numbers.length < args.length });
}
