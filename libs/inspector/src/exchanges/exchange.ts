import type { AttemptTrace } from 'guichet/kernel';
import type { ExchangeEnd, ExchangeOutcome } from 'guichet/routes';

/** One exchange of a pass-through route that is kept to be looked at. */
export interface Exchange extends Omit<ExchangeEnd, 'context'> {
  /** Rising from 1, unique in this process. */
  readonly id: number;
  readonly requestId: string;
  /** When it ended: milliseconds since 1970. */
  readonly endedAtEpochMs: number;
}

/** One attempt at an instance, as exchanges show it. Plain JSON. */
export interface AttemptSummary {
  /** `host:port`. */
  readonly instance: string;
  readonly kind: AttemptTrace['kind'];
  /** Undefined while it is under way. */
  readonly outcome: AttemptTrace['outcome'];
  /** What it failed with. */
  readonly code: string | undefined;
  /** The instance's; 0 where it gave none. */
  readonly status: number;
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
  readonly attempts: readonly AttemptSummary[];
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
  const { startedAt, headAt, endedAt, receivedBytes, sentBytes, call } = exchange;
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
    attempts: (call?.attempts ?? []).map(attemptSummary),
  };
}

function attemptSummary({ instance, kind, outcome, code, status }: AttemptTrace): AttemptSummary {
  return { instance, kind, outcome, code, status };
}

const tenths = (ms: number): number => Math.round(ms * 10) / 10;
