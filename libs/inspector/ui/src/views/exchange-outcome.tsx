import { Tag, toneOf } from '../parts/tag';
import type { ExchangeSummary } from '../server';

/** How an exchange ended, and with what. */
export function ExchangeOutcome({ of: { outcome, status, code } }: { readonly of: ExchangeSummary }) {
  // What an upstream means by 404 is between it and the client: neither good nor bad.
  const isDoubtful = outcome === 'answered' && status >= 400;
  const tone = isDoubtful ? (status >= 500 ? 'bad' : 'plain') : toneOf(outcome);
  const why = outcome === 'failed' || outcome === 'cut' ? code : outcome === 'answered' ? String(status) : '';
  return (
    <Tag tone={tone}>
      {outcome} {why}
    </Tag>
  );
}
