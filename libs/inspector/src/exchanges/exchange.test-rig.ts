import { RequestContext } from 'guichet/kernel';
import type { ExchangeEnd } from 'guichet/routes';

/** What a test says of an exchange that is over. */
export interface EndedExchange extends Partial<Omit<ExchangeEnd, 'context' | 'startedAt' | 'headAt'>> {
  readonly requestId?: string;
  readonly durationMs?: number;
  /** Milliseconds to the head; undefined: there was none. */
  readonly headMs?: number | undefined;
}

/** An exchange that is over: answered with 200 in 10 ms, where nothing else is said. */
export function endedExchange(told: EndedExchange = {}): ExchangeEnd {
  const { durationMs = 10, endedAt = 1_000, requestId = 'r', ...rest } = told;
  const headMs = 'headMs' in told ? told.headMs : durationMs;
  const startedAt = endedAt - durationMs;
  return {
    route: 'GET /api/a',
    method: 'GET',
    context: new RequestContext(requestId, startedAt),
    outcome: 'answered',
    status: 200,
    code: '',
    isLasting: false,
    receivedBytes: 0,
    sentBytes: 100,
    call: undefined,
    ...rest,
    startedAt,
    headAt: headMs === undefined ? undefined : startedAt + headMs,
    endedAt,
  };
}
