import { runPromises } from '../faults/run-promises.mjs';

export const help = `npm run test:soak [-- numbers of promises: 2 12 15 16]

The promises of docs/faults.md whose proof takes long, in their longest form: Consul away for 10 minutes, a million requests,
half an hour of chaos. Takes about an hour; with numbers, those alone.`;

const LASTING = ['2', '12', '15', '16'];

/** @param {readonly string[]} args */
export function run(args) {
  return runPromises('soak', args.length > 0 ? args : LASTING);
}
