import { ERROR_CODES } from './error-code.js';
import { PROBLEM_TABLE, problemKind } from './problem-table.js';
import { UpstreamError } from './upstream-error.js';

const failed = (status: number) => new UpstreamError('upstream-status', 'catalog', `answered ${status}`, { status });

describe('PROBLEM_TABLE', () => {
  it('gives every code the status that the contract names', () => {
    const statuses = Object.fromEntries(ERROR_CODES.map(code => [code, PROBLEM_TABLE[code].status]));
    expect(statuses).toEqual({
      'upstream-timeout': 504,
      'upstream-refused': 502,
      'upstream-reset': 502,
      'upstream-status': 502,
      'upstream-malformed': 502,
      'upstream-too-large': 502,
      'circuit-open': 503,
      'bulkhead-full': 503,
      'no-instances': 503,
      'identity-missing': 401,
      'identity-unavailable': 503,
      'deadline-exceeded': 504,
      shed: 503,
      'need-missing': 502,
      'switched-off': 503,
    });
  });
});

describe('problemKind', () => {
  it.each([
    [404, 404],
    [410, 410],
    [429, 503],
    [400, 502],
    [401, 502],
    [403, 502],
    [409, 502],
    [422, 502],
    [500, 502],
    [503, 502],
  ])("turns an upstream's %i into %i for a read", (status, expected) => {
    expect(problemKind(failed(status), false).status).toBe(expected);
  });

  it.each([
    [400, 400],
    [409, 409],
    [422, 422],
    [404, 404],
    [401, 502],
    [500, 502],
  ])("turns an upstream's %i into %i for a command", (status, expected) => {
    expect(problemKind(failed(status), true).status).toBe(expected);
  });

  it('blames the client for a 404 and the upstream for a 500', () => {
    expect(problemKind(failed(404), false).fault).toBe('client');
    expect(problemKind(failed(500), false).fault).toBe('upstream');
  });

  it('looks at the status of an answer only', () => {
    const malformed = new UpstreamError('upstream-malformed', 'catalog', 'not JSON', { status: 404 });
    expect(problemKind(malformed, false).status).toBe(502);
  });
});
