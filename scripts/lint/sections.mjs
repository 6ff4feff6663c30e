import { sectionsNotPublicIn } from '../build/private-sections.cjs';
import { lineOf } from './typescript.mjs';

/**
 * Finds sections in fields that TypeScript calls private or protected: at run time such a field is a field like any other,
 * so its value would leave in the payload.
 * @param {import('typescript').SourceFile} source
 * @returns {{ line: number, message: string }[]}
 */
export function judgeSections(source) {
  return sectionsNotPublicIn(source).map(({ node, page, field, modifier, call }) => ({
    line: lineOf(source, node),
    message:
      `${page}.${field} is ${modifier}, but ${call}(…) puts it in the payload: ` +
      `write internal(…) to keep it in, or make it public to let it out`,
  }));
}
