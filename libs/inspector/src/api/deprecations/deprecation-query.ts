import { BadQuestion } from '../../http/answer.js';
import { ENDING_STATES, type EndingState } from './ending.js';

/**
 * Reads which deprecations somebody wants to see: `state`, once; nothing else is known.
 * @returns undefined: all
 * @throws BadQuestion
 */
export function deprecationQuery(query: URLSearchParams): EndingState | undefined {
  if ([...query.keys()].some(name => name !== 'state')) throw new BadQuestion('Only state can be asked for');
  const given = query.getAll('state');
  if (given.length === 0) return undefined;
  const state = ENDING_STATES.find(one => one === given[0]);
  if (given.length > 1 || state === undefined) throw new BadQuestion(`state is one of ${ENDING_STATES.join(', ')}`);
  return state;
}
