import { namesIn } from './promql.js';

describe('what an expression names', () => {
  it('is its metrics, their labels, and what they are grouped by', () => {
    const names = namesIn(`
      # A comment about bananas{ripe="yes"}.
      sum by (app, page) (rate(guichet_pages_total{outcome="failed", fault=~"a|b",}[5m] offset 1h))
        / on (app) group_left (team) (app:pages:rate5m{le!="0.5"} > 0.1)`);
    expect(names.selectors).toEqual([
      {
        metric: 'guichet_pages_total',
        matchers: [
          { label: 'outcome', operator: '=', value: 'failed' },
          { label: 'fault', operator: '=~', value: 'a|b' },
        ],
      },
      { metric: 'app:pages:rate5m', matchers: [{ label: 'le', operator: '!=', value: '0.5' }] },
    ]);
    expect(names.labels).toEqual(['app', 'page', 'app', 'team']);
  });

  it('takes neither functions, nor keywords, numbers, ranges or variables for metrics', () => {
    const { selectors } = namesIn(
      'histogram_quantile(0.99, sum(rate(a_bucket[$__rate_interval])) by (le)) or topk(5, b) and c unless d * 1e3 + Inf == bool e[5m:1m] @ end()',
    );
    expect(selectors.map(({ metric }) => metric)).toEqual(['a_bucket', 'b', 'c', 'd', 'e']);
  });

  it.each(['a{b="c"', '{__name__="a"}', 'a{b=c}', 'a ~ b', 'rate(a[5m)'])('refuses %s', expression => {
    expect(() => namesIn(expression)).toThrow(SyntaxError);
  });
});
