import { dependentPage } from './dependent/page.mjs';
import { filmPage } from './film/page.mjs';
import { parallelPage } from './parallel/page.mjs';
import { passThrough } from './pass-through/page.mjs';

/**
 * A page that is measured. Its folder holds the same page twice more: `hand-written.ts` and `stock-nest.ts`; or it names rivals of its own.
 * @typedef {object} BenchPage
 * @property {string} name    the first half of its cases' names
 * @property {string} folder  absolute
 * @property {(say: (line: string) => void) => Promise<{
 *   exchanges: import('../upstreams/static-upstreams.mjs').Exchange[], paths: string[] }>} record
 *   the paths that are asked for, and every call they make
 * @property {() => Promise<string>} guichet  the program that serves it, an app of the framework
 * @property {readonly { name: string, entry: () => Promise<string> }[]} [rivals]  programs that serve the same
 * @property {Readonly<Record<string, number>>} [bars]  the least ratio to each of them
 */

/** All of them, in the order they are measured. @type {readonly BenchPage[]} */
export const benchPages = [filmPage, parallelPage, dependentPage, passThrough];

/** The servers that a page is compared with, and the least ratio that is good enough. */
const bars = { 'hand-written': 0.6, 'stock-nest': 5 };

/** @param {BenchPage} page  @returns {Readonly<Record<string, number>>} the least ratio to each of its rivals */
export function barsOf(page) {
  return page.bars ?? bars;
}
