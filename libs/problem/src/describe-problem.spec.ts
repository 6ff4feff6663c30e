import { PageFailed, Retired, UpstreamError } from 'guichet/kernel';
import { describeProblem } from './describe-problem.js';
import { explain } from './explain.js';

describe('describeProblem', () => {
  it('describes every member that a problem has', () => {
    const error = new UpstreamError('upstream-status', 'orders', '422', {
      status: 422,
      body: { detail: 'd', errors: [{ path: 'p', message: 'm' }] },
    });
    const { problem } = explain(new PageFailed('OrderPage', [{ section: 'order', error }]), 'r-1', true);
    const { problem: gone } = explain(new Retired('FilmPage', '/pages/v2/films/1'), 'r-2', false);
    const schema = describeProblem();
    expect(Object.keys(schema.properties).sort()).toEqual(Object.keys({ ...problem, ...gone }).sort());
    expect(Object.keys(problem)).toEqual(expect.arrayContaining(schema.required));
  });
});
