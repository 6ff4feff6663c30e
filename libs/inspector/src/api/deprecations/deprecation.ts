import type { Clock, Deprecation } from 'guichet/kernel';
import type { Askers, AskersView } from './askers.js';
import { endingOf, type EndingView } from './ending.js';
import type { Successors, SuccessorView } from './successors.js';

/** What a page, a command or a route says of its end, and who still asks for it. */
export interface DeprecationView extends EndingView {
  readonly successor: SuccessorView | undefined;
  /** Where people read about it: a path of the app's origin, or an http(s) address. */
  readonly details: string | undefined;
  /** Whether it is served after its sunset, or answered with 410. */
  readonly afterSunset: Deprecation['afterSunset'];
  /** Null where the app counts nothing. */
  readonly askers: AskersView | null;
}

/** What is looked up for several at once. */
export interface DeprecationParts {
  readonly clock: Clock;
  readonly successors: Successors;
  readonly askers: Askers;
}

/**
 * @param name     by which it is counted: `GET /pages/films/:id`
 * @param methods  that it answers
 * @returns undefined for what is not deprecated
 */
export function deprecationView(
  deprecation: Deprecation | undefined,
  name: string,
  methods: readonly string[],
  { clock, successors, askers }: DeprecationParts,
): DeprecationView | undefined {
  if (deprecation === undefined) return undefined;
  const { successor, details, afterSunset } = deprecation;
  return {
    ...endingOf(deprecation, clock.epochMs()),
    successor: successors.of(successor, methods),
    details,
    afterSunset,
    askers: askers.of(name),
  };
}
