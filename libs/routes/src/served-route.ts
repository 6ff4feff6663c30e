import type { Clock, TimerWheel } from 'guichet/kernel';
import type { DeprecatedDoor } from 'guichet/observability';
import type { Step, UpstreamRuntime } from 'guichet/upstream';
import type { AnswerHeaderRule } from './answer/answer-headers.js';
import type { DeclaredRoute } from './declaration/declared-route.js';
import type { ExchangeListener } from './exchange-end.js';
import type { RouteRecorder } from './metrics/route-recorder.js';
import type { OpenExchanges } from './open-exchanges.js';
import type { RequestHeaderRule } from './request/request-headers.js';

/** A route that takes requests: everything that can be worked out at boot. */
export interface ServedRoute {
  readonly declared: DeclaredRoute;
  readonly upstream: UpstreamRuntime;
  /** Where its exchanges go in. */
  readonly streams: Step;
  /** Where a request's target leads at the upstream; undefined: nowhere. */
  readonly target: (url: string) => string | undefined;
  readonly requestRule: RequestHeaderRule;
  readonly answerRule: AnswerHeaderRule;
  /** What its clients are told of its end; undefined: it has none. */
  readonly deprecated: DeprecatedDoor | undefined;
  /** Whether somebody must be signed in. */
  readonly needsPrincipal: boolean;
  readonly open: OpenExchanges;
  /** Counts it; undefined: nobody does. */
  readonly recorder: RouteRecorder | undefined;
  /** Told of every exchange that is over. */
  readonly listeners: ReadonlySet<ExchangeListener>;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
}
