import type { Cohort, Repeatable, SubsetWish } from './cohort.js';
import type { Credentials } from './credentials.js';
import type { LiveValues } from './live/live-settings.js';
import type { Principal } from './principal.js';
import type { ExchangeTrace } from './trace/exchange-trace.js';
import type { PageTrace } from './trace/page-trace.js';
import type { Sampled } from './trace/sampled.js';
import type { TracedCalls } from './trace/traced-calls.js';

/** Why a request was answered with a problem, or would have been. */
export interface RequestFailure {
  /** The problem's: `upstream-timeout`, `not-found`. */
  readonly code: string;
  /** How loud the log is about it. */
  readonly level: 'debug' | 'warn' | 'error';
  /** Whether nobody foresaw it. */
  readonly isBug: boolean;
  /** What was thrown, in its own words: for logs; never sent. */
  readonly message: string;
}

/** What a request is known by from its first room to its last. One object a request; rooms fill in what they find out. */
export class RequestContext {
  /** Who asks, once a guard has said so. */
  principal: Principal | undefined = undefined;
  /** What upstreams may be shown in the name of who asks, once a guard has said so. */
  credentials: Credentials | undefined = undefined;
  /** The app's locale that fits the client's `Accept-Language` best (BCP 47), or undefined where the app declares none. */
  locale: string | undefined = undefined;
  /** What may be changed while the app runs, as it held when the request arrived; undefined where nothing may be. */
  settings: LiveValues | undefined = undefined;
  /**
   * Whether who asks is making a further attempt at something it asked before, and will make others itself: what is called
   * for it is not repeated here.
   */
  isRepetition = false;
  /** The template of the route it asks for, `/pages/films/:id`; undefined for one that nobody has, or where the adapter does not say. */
  route: string | undefined = undefined;
  /** Why it failed, once room 11 has said so. */
  failure: RequestFailure | undefined = undefined;
  /** What happens in the page it asks for, where somebody wants to know. */
  trace: PageTrace | undefined = undefined;
  /** What happens in the exchange of a route that it is, where somebody wants to know. */
  exchange: ExchangeTrace | undefined = undefined;
  /** The spans it is known by, where its trace is recorded. */
  sampled: Sampled | undefined = undefined;
  /** Whether who asks may be told what happened, and wants to be. */
  wantsTrace = false;
  /** Whether whoever answers it bounds the time its body may take, instead of the server's one limit for all. */
  hasOwnTimeouts = false;
  /** The subset that who asks wants to be answered by, where the app hears such wishes. */
  wish: SubsetWish | undefined = undefined;
  /** By which subsets it is answered, once that mattered. */
  cohort: Cohort | undefined = undefined;
  /** What can begin again when its subset fails it; while it runs. */
  repeatable: Repeatable | undefined = undefined;
  /** Whether a call was made for it that may not be made twice. */
  hasWritten = false;
  /** Whether the client went away before it had its answer. */
  departed = false;
  /** Called once when the client goes away before it has its answer: the page's own way to stop. */
  onDeparture: (() => void) | undefined = undefined;

  /**
   * @param requestId    what logs, answers and upstreams call this request; printable ASCII
   * @param startedAt    the instant it arrived, milliseconds on the kernel's clock
   * @param traceparent  W3C trace context to send on
   * @param tracestate   the same, the vendors' part
   */
  constructor(
    readonly requestId: string,
    readonly startedAt: number,
    readonly traceparent: string | undefined = undefined,
    readonly tracestate: string | undefined = undefined,
  ) {}

  /** The client went away. Safe to call twice. */
  depart(): void {
    if (this.departed) return;
    this.departed = true;
    this.onDeparture?.();
  }
}

/** What a call to an upstream inherits from where it is made: captured when the upstream's method is called. */
export interface CallContext {
  readonly request: RequestContext;
  /** The instant by which an answer is of use: milliseconds on the kernel's clock. */
  readonly deadlineAt: number;
  /** The section or the exchange it is made for, where its calls are written down. */
  readonly trace?: TracedCalls | undefined;
}
