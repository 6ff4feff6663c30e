import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { AttemptTrace, CallTrace } from 'guichet/kernel';
import type { AttributeSink } from './attribute-sink.js';
import { OUTCOME, OUTLIVED } from './attributes.js';

/** @returns whether a call or an attempt was over when its page was; what ends later has nothing to say of it */
export function isOver({ endedAt }: CallTrace | AttemptTrace, until: number): boolean {
  return endedAt !== undefined && endedAt <= until;
}

/** Says how a call or an attempt ended, or that it outlived its page. */
export function tellEnding(made: CallTrace | AttemptTrace, until: number, to: AttributeSink): void {
  if (!isOver(made, until)) {
    to.flag(OUTLIVED, true);
    return;
  }
  if (made.outcome !== undefined) to.text(OUTCOME, made.outcome);
  if (made.code !== undefined) to.text(ATTR_ERROR_TYPE, made.code);
}
