import type { PrettyOptions } from 'pino-pretty';
import { REQUEST_CONTEXT } from './access-log.js';

/** What people need not read on every line. */
const ALWAYS_IGNORED = ['pid', 'app', 'context'];
/** What a request's message tells already. */
const TOLD = ['method', 'route', 'page', 'status', 'ms', 'bytes', 'outcome', 'code', 'traceId'];

/**
 * Makes lines readable for people: development's format.
 * @param isColoured  whether a terminal shows them
 * @returns a line of JSON → text
 */
export async function prettyPrinter(isColoured: boolean): Promise<(line: string) => string> {
  // Production needs none of it, so it is not even loaded there.
  const { prettyFactory } = await import('pino-pretty');
  const shared: PrettyOptions = { colorize: isColoured, translateTime: 'SYS:HH:MM:ss.l' };
  const general = prettyFactory({ ...shared, ignore: ALWAYS_IGNORED.join(','), messageFormat: messageOf });
  const request = prettyFactory({
    ...shared,
    ignore: [...ALWAYS_IGNORED, ...TOLD].join(','),
    messageFormat: requestOf,
    singleLine: true,
  });
  const mark = `"context":"${REQUEST_CONTEXT}"`;
  return line => (line.includes(mark) ? request : general)(line) ?? line;
}

function messageOf(log: Record<string, unknown>): string {
  const context = typeof log['context'] === 'string' ? `[${log['context']}] ` : '';
  return `${context}${typeof log['msg'] === 'string' ? log['msg'] : ''}`;
}

/** What an access line holds, as far as it is told here. */
interface RequestLine {
  readonly method?: string;
  readonly route?: string;
  readonly page?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly outcome?: string;
  readonly code?: string;
}

function requestOf({ method, route = 'no route', page, status, ms, outcome, code }: RequestLine): string {
  const what = page === undefined ? route : `${page} (${route})`;
  const ended = [status, outcome, code].filter(part => part !== undefined).join(' ');
  return `${method} ${what}: ${ended} in ${ms} ms`;
}
