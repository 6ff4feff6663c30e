import { Retired } from './deprecation/retired.js';
import { InvalidInput } from './invalid-input.js';
import { PageFailed } from './page-failed.js';
import { type Fault, problemKind } from './problem-table.js';
import { UpstreamError } from './upstream-error.js';

/**
 * @param thrown     what a page failed with, of which the first failure speaks
 * @param isCommand  whether the client asked for a change (not GET or HEAD)
 * @returns whose trouble it is; the gateway's for what nobody foresaw
 */
export function faultOf(thrown: unknown, isCommand: boolean): Fault {
  if (thrown instanceof PageFailed) return problemKind(thrown.failures[0].error, isCommand).fault;
  if (thrown instanceof UpstreamError) return problemKind(thrown, isCommand).fault;
  return thrown instanceof InvalidInput || thrown instanceof Retired ? 'client' : 'gateway';
}
