import { BootError, readOptions } from 'guichet/kernel';
import { withEnvironment } from './environment.js';
import { DEFAULT_LIMITS, throttlingOptions } from './throttling.options.js';

/** What the room works with, or what is wrong with the variables. */
function read(env: Readonly<Record<string, string>>) {
  const { raw, origins } = withEnvironment({}, DEFAULT_LIMITS, env);
  try {
    return readOptions('throttling', throttlingOptions, raw, undefined, origins);
  } catch (error) {
    return (error as BootError).problems.map(({ path, message, value }) => `${path}: ${message} (${value})`);
  }
}

describe('withEnvironment', () => {
  it('replaces the numbers of declared limits alone', () => {
    expect(read({ THROTTLE_LIMITS: 'address = 6/1000' })).toMatchObject({
      limits: { ...DEFAULT_LIMITS, address: { tracker: 'address', limit: 6, windowMs: 1_000 } },
    });
  });

  it.each([
    ['address', 'limits.address'],
    ['address=6000', 'limits.address'],
    ['adress=6/1000', 'limits.adress'],
    ['constructor=6/1000', 'limits.constructor'],
  ])('says of %j which variable is wrong, and how a limit is written', (text, path) => {
    expect(read({ THROTTLE_LIMITS: text })).toContain(
      `THROTTLE_LIMITS (${path}): is not units and window of a limit that the app declares, such as address=6000/60000 ("${text}")`,
    );
  });
});
