import { refuseArguments, refuseOptions } from '../arguments.mjs';
import { build } from '../build/build.mjs';
import { jest, runSteps } from './test.mjs';
import { obtainRedis } from '../servers/redis.mjs';

export const help = `npm run test:security [-- a part of a suite's name: jwt | http | session | throttle | fuzz]

What must not be possible, tried on the built apps: forged tokens, stolen sessions, smuggled requests, limits that are gone round.
The long form; a short one is part of npm test. Needs Redis and, for sessions, Chromium: obtained like those of npm test.`;

/** @param {readonly string[]} args */
export async function run(args) {
  refuseOptions(args);
  const [part = '', ...more] = args;
  refuseArguments(more);
  process.env.LONG = '1';
  const steps = [
    { label: 'Build', work: () => build() },
    { label: 'Redis', work: async () => void (await obtainRedis()) },
    {
      label: 'Security',
      work: () => jest('security', 'test/jest-e2e.config.mjs', ['--runInBand', `test/security/.*${part}`]),
    },
  ];
  // The stores, guards and doors themselves, against a real issuer and a real Redis: replays, nonces, back-channel logouts.
  const rooms = { jwt: 'auth', session: 'auth', throttle: 'throttling', '': '(auth|throttling)' }[part];
  if (rooms) {
    steps.push({
      label: 'Identity and limits by themselves',
      work: () => jest('security-rooms', 'jest.config.mjs', ['--runInBand', `libs/${rooms}/`]),
    });
  }
  return runSteps(steps);
}
