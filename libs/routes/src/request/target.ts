import type { DeclaredRoute } from '../declaration/declared-route.js';
import { fillPath, matchPath } from '../declaration/route-path.js';
import { passedQuery } from './query.js';

/** What may stand in a request's target: printable ASCII, and no fragment. */
const WELL_FORMED = /^[\x21\x22\x24-\x7e]+$/;

/** Works out where a request goes. @returns a function of the target as it came on the wire; undefined: it is no request of this route */
export function targetOf({ config, path, to, order }: DeclaredRoute): (url: string) => string | undefined {
  const patterns = path.names.map(name => whole(config.params[name]));
  return url => {
    if (!WELL_FORMED.test(url)) return undefined;
    const at = url.indexOf('?');
    const values = matchPath(path, at === -1 ? url : url.slice(0, at), patterns);
    if (values === undefined) return undefined;
    return fillPath(to, values, order) + (at === -1 ? '' : passedQuery(url.slice(at), config.query));
  };
}

function whole(pattern: RegExp | undefined): RegExp | undefined {
  // Without its position: a pattern that remembers one would match every other time.
  return pattern && new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''));
}
