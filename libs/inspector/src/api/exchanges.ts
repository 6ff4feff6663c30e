import { exchangeSummary, type ExchangeSummary } from '../exchanges/exchange.js';
import type { ExchangeKeptFor, Exchanges } from '../exchanges/exchanges.js';

const REASONS: readonly string[] = ['recent', 'slowest', 'failed'] satisfies ExchangeKeptFor[];

/**
 * @param query  `kept` (why it is kept) and `route`; what is not given, or unknown, does not filter
 * @returns the newest first, in short; of the slowest, the slowest to begin to answer first
 */
export function exchangeList(exchanges: Exchanges, query: URLSearchParams): readonly ExchangeSummary[] {
  const [kept, route] = ['kept', 'route'].map(name => query.get(name) || undefined);
  const reason = kept !== undefined && REASONS.includes(kept) ? (kept as ExchangeKeptFor) : undefined;
  const found = exchanges
    .all(reason)
    .filter(one => route === undefined || one.route === route)
    .map(exchangeSummary);
  return reason === 'slowest' ? found.sort((a, b) => waitMs(b) - waitMs(a)) : found;
}

function waitMs({ headMs, durationMs }: ExchangeSummary): number {
  return headMs ?? durationMs;
}
