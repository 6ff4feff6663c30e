import { type AttemptBar, type CallBar, callBarOf } from 'guichet/observability';
import type { ExchangeEnd, ExchangeOutcome } from 'guichet/routes';

/** One exchange of a pass-through route that is kept to be looked at. */
export interface Exchange extends Omit<ExchangeEnd, 'context'> {
  /** Rising from 1, unique in this process. */
  readonly id: number;
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** When it ended: milliseconds since 1970. */
  readonly endedAtEpochMs: number;
}

/** An exchange as lists show it. Plain JSON. */
export interface ExchangeSummary {
  readonly id: number;
  readonly route: string;
  readonly method: string;
  readonly requestId: string;
  readonly outcome: ExchangeOutcome;
  /** The upstream's; 0 where it gave none. */
  readonly status: number;
  /** Why it failed or was cut; else empty. */
  readonly code: string;
  readonly endedAtEpochMs: number;
  /** Milliseconds to the head of the answer; undefined where there was none. */
  readonly headMs: number | undefined;
  readonly durationMs: number;
  /** Whether it was one that may last: events, a WebSocket. */
  readonly isLasting: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly attempts: readonly AttemptBar[];
}

/** An exchange told from beginning to end. Plain JSON. */
export interface ExchangeView extends ExchangeSummary {
  readonly traceId: string | undefined;
  /** What was asked of the upstream; undefined where nothing was. */
  readonly call: CallBar | undefined;
}

/** @returns whether it did not end well by the gateway's or the upstream's doing; a 404 that an upstream means is an answer */
export function isFailed({ outcome, status }: Exchange): boolean {
  return outcome === 'failed' || outcome === 'cut' || (outcome === 'answered' && status >= 500);
}

/** @returns milliseconds until the client heard of it: of the head, for how long a body takes is the client's matter, too */
export function waitOf({ startedAt, headAt, endedAt }: Exchange): number {
  return (headAt ?? endedAt) - startedAt;
}

/** Tells an exchange in short. */
export function exchangeSummary(exchange: Exchange): ExchangeSummary {
  const { id, route, method, requestId, outcome, status, code, endedAtEpochMs, isLasting } = exchange;
  const { startedAt, headAt, endedAt, receivedBytes, sentBytes } = exchange;
  return {
    id,
    route,
    method,
    requestId,
    outcome,
    status,
    code,
    endedAtEpochMs,
    headMs: headAt === undefined ? undefined : tenths(headAt - startedAt),
    durationMs: tenths(endedAt - startedAt),
    isLasting,
    receivedBytes,
    sentBytes,
    attempts: callOf(exchange)?.attempts ?? [],
  };
}

/** Tells an exchange from beginning to end. */
export function exchangeView(exchange: Exchange): ExchangeView {
  return {
    ...exchangeSummary(exchange),
    traceId: exchange.traceparent?.slice(3, 35),
    call: callOf(exchange),
  };
}

function callOf({ call, startedAt, endedAt }: Exchange): CallBar | undefined {
  return call && callBarOf(call, startedAt, endedAt);
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
