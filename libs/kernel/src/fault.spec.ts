import { faultOf } from './fault.js';
import { InvalidInput } from './invalid-input.js';
import { PageFailed } from './page-failed.js';
import { Shed } from './shed.js';
import { UpstreamError } from './upstream-error.js';

const answered = (status: number): UpstreamError =>
  new UpstreamError('upstream-status', 'catalog', `answered ${status}`, { status });

describe('faultOf', () => {
  it.each([
    ['a service that fails', answered(500), 'upstream'],
    ['what the client asked for and is not there', answered(404), 'client'],
    ['a full bulkhead', new UpstreamError('bulkhead-full', 'catalog', 'full'), 'gateway'],
    ['input that does not fit', new InvalidInput([]), 'client'],
    ['a page turned away', new Shed('FilmPage', 1_000), 'gateway'],
    ['a bug', new RangeError('a bug'), 'gateway'],
  ])('%s', (_, thrown, fault) => expect(faultOf(thrown, false)).toBe(fault));

  it('is that of the first of a page’s failures', () => {
    const failures = [
      { section: 'film', error: answered(404) },
      { section: 'offers', error: answered(500) },
    ] as const;
    expect(faultOf(new PageFailed('FilmPage', failures), false)).toBe('client');
  });

  it('depends on whether a change was asked for', () => {
    expect(faultOf(answered(409), true)).toBe('client');
    expect(faultOf(answered(409), false)).toBe('upstream');
  });
});
