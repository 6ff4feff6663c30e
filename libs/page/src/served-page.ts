import type { PageGate } from './door/page-gate.js';
import type { PageRecorder } from './metrics/page-recorder.js';
import type { PageRuntime } from './page-run.js';
import type { PagePlan } from './plan.js';

/** A page that takes requests. */
export interface ServedPage {
  readonly plan: PagePlan;
  readonly runtime: PageRuntime;
  /** Whether interceptors stand on its route: they want an Observable, and Nest sends what they make of it. */
  readonly isIntercepted: boolean;
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

/** @throws Error  if the page was not put in service: no `PageModule` is there */
export function servedPage(instance: object): ServedPage {
  const page = served.get(instance);
  if (page) return page;
  throw new Error(`${instance.constructor.name} is a page, but the app does not import PageModule from guichet/page`);
}
