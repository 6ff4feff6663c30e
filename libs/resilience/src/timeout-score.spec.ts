import { timeoutScore } from './timeout-score.js';

describe('timeoutScore', () => {
  it('takes an attempt that had its full timeout as a failure, whatever is usual', () => {
    expect(timeoutScore(300, 300, 250)).toBe('failure');
    expect(timeoutScore(301, 300, undefined)).toBe('failure');
  });

  it('takes one that was cut short as a failure only beyond three times the median', () => {
    expect(timeoutScore(61, 300, 20)).toBe('failure');
    expect(timeoutScore(60, 300, 20)).toBe('nothing');
  });

  it('says nothing of one that was cut short while no latency is known', () => {
    expect(timeoutScore(299, 300, undefined)).toBe('nothing');
  });
});
