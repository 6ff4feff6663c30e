import type { LiveValue, RequestContext } from 'guichet/kernel';
import type { DeprecatedDoor } from 'guichet/observability';
import type { PageGate } from './door/page-gate.js';
import type { PageRecorder } from './metrics/page-recorder.js';
import type { PageRuntime } from './page-run.js';
import type { PagePlan } from './plan.js';

/** A page that takes requests. */
export interface ServedPage {
  /** As it was compiled; the plan that holds for a request may have other times and switches: {@link planFor}. */
  readonly plan: PagePlan;
  /** Its plan where settings change while the app runs; undefined: they do not. */
  readonly live: LiveValue<PagePlan> | undefined;
  readonly runtime: PageRuntime;
  /** Whether interceptors stand on its route: they want an Observable, and Nest sends what they make of it. */
  readonly isIntercepted: boolean;
  /** What its clients are told of its end; undefined: it has none. */
  readonly deprecated: DeprecatedDoor | undefined;
  /** Who lets its requests in; undefined: all are. */
  readonly gate: PageGate | undefined;
  /** Counts it; undefined: nobody does. */
  readonly recorder: PageRecorder | undefined;
  /** `Vary` of an answer that may be cached. */
  readonly vary: string | undefined;
}

const served = new WeakMap<object, ServedPage>();

/** Lets a page's instance take requests. */
export function putInService(instance: object, page: ServedPage): void {
  served.set(instance, page);
}

/** @returns the plan that held when a request arrived */
export function planFor({ plan, live }: ServedPage, request: RequestContext): PagePlan {
  return live === undefined ? plan : live.of(request);
}

/** @throws Error  if the page was not put in service: no `PageModule` is there */
export function servedPage(instance: object): ServedPage {
  const page = served.get(instance);
  if (page) return page;
  throw new Error(`${instance.constructor.name} is a page, but the app does not import PageModule from guichet/page`);
}
