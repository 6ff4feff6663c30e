import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { AttemptTrace, CallTrace } from 'guichet/kernel';
import { flagAttribute, textAttribute } from './attribute.js';
import { OUTCOME, OUTLIVED } from './attributes.js';

/** @returns whether a call or an attempt was over when its page was; what ends later has nothing to say of it */
export function isOver({ endedAt }: CallTrace | AttemptTrace, until: number): boolean {
  return endedAt !== undefined && endedAt <= until;
}

/** @returns the instant until which it is told */
export function endOf(made: CallTrace | AttemptTrace, until: number): number {
  return isOver(made, until) ? made.endedAt! : until;
}

/** Says how a call or an attempt ended, or that it outlived its page. */
export function endingAttributes(made: CallTrace | AttemptTrace, until: number): string[] {
  if (!isOver(made, until)) return [flagAttribute(OUTLIVED, true)];
  return [
    ...(made.outcome === undefined ? [] : [textAttribute(OUTCOME, made.outcome)]),
    ...(made.code === undefined ? [] : [textAttribute(ATTR_ERROR_TYPE, made.code)]),
  ];
}
