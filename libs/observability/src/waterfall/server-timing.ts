import type { SectionBar, Waterfall } from './waterfall.js';

/** Proxies and clients refuse heads of more than 8 or 16 KiB in all. */
const MAX_LENGTH = 4_096;

/**
 * Tells a waterfall in a `Server-Timing` header: all of it, the guards, and each section, with what it waited for, how it ended
 * and whom it asked. Browsers show it beside their own timings.
 * @see https://www.w3.org/TR/server-timing/
 */
export function serverTiming({ guardsMs, durationMs, sections, criticalPath }: Waterfall): string {
  const critical = criticalPath.length > 0 ? `, critical;desc=${quoted(criticalPath.join(' > '))}` : '';
  let header = `total;dur=${durationMs}, guards;dur=${guardsMs}${critical}`;
  for (const section of sections) {
    const entry = `, ${token(section.name)};dur=${section.durationMs};desc=${quoted(wordsOf(section))}`;
    if (header.length + entry.length > MAX_LENGTH) break;
    header += entry;
  }
  return header;
}

function wordsOf({ startMs, outcome, reason, calls }: SectionBar): string {
  const ended = reason === undefined ? (outcome ?? 'not run') : `${outcome} (${reason})`;
  const asked = calls.map(({ upstream, call, isShared, attempts }) => {
    const how = isShared ? ', shared' : attempts.length > 1 ? `, ${attempts.length} attempts` : '';
    return `${upstream} ${call}${how}`;
  });
  return [`from ${startMs} ms`, ended, ...asked].join('; ');
}

/** A field's name may hold what a token may not. */
function token(name: string): string {
  return name.replace(/[^!#$%&'*+\-.^_`|~\dA-Za-z]/g, '_');
}

function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
