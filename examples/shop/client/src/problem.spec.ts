import { problemOf } from './problem';

describe('problemOf', () => {
  it('takes what a problem document says', async () => {
    const body = {
      title: 'Upstream timeout',
      status: 504,
      detail: 'It took too long.',
      code: 'upstream-timeout',
      requestId: 'r-1',
      failures: [{ section: 'film', code: 'upstream-timeout' }, { section: 7 }, null],
    };
    const headers = { 'content-type': 'application/problem+json', 'retry-after': '3' };
    const problem = await problemOf(new Response(JSON.stringify(body), { status: 504, headers }));
    expect(problem).toEqual({
      status: 504,
      title: 'Upstream timeout',
      detail: 'It took too long.',
      code: 'upstream-timeout',
      requestId: 'r-1',
      failures: [{ section: 'film', code: 'upstream-timeout' }],
      retryAfterS: 3,
    });
  });

  it.each([
    ['a proxy’s page', '<h1>Bad gateway</h1>', 'text/html'],
    ['half a document', '{"title":', 'application/problem+json'],
    ['a document that is no object', '"no"', 'application/json'],
  ])('has a title and the status for %s', async (_what, body, contentType) => {
    const problem = await problemOf(new Response(body, { status: 502, headers: { 'content-type': contentType } }));
    expect(problem).toMatchObject({ status: 502, title: 'This did not work', failures: [], retryAfterS: undefined });
  });
});
