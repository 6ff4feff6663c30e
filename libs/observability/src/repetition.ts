import type { IncomingMessage } from 'node:http';
import { isNeighbour } from './neighbour.js';

/** Says that a request is a further attempt; written by the upstream stack of another BFF. */
const HEADER = 'x-previous-attempts';

/**
 * Whether a request is a further attempt of another BFF, which will make others itself. Believed of direct neighbours alone:
 * a browser could otherwise spend an upstream's budget of retries.
 * @see docs/decisions/0020-one-budget-along-a-chain.md
 */
export function isRepetition(request: IncomingMessage): boolean {
  const told = request.headers[HEADER];
  return typeof told === 'string' && /^[1-9]\d{0,2}$/.test(told) && isNeighbour(request);
}
