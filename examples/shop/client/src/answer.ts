import { problemOf, UNREACHABLE, type Problem } from './problem';
import { forgetViewer } from './viewer';
import type { SectionStates } from './section-state';

/** What the BFF said: a page with the states of its sections, or a problem. */
export type Answer<T> =
  | { readonly kind: 'page'; readonly payload: T; readonly states: SectionStates }
  | { readonly kind: 'problem'; readonly problem: Problem };

/**
 * Asks the BFF for a page.
 * @param path    the page's path with its query, e.g. `/pages/films/7`
 * @param signal  ends the request, and with it every call the BFF makes for it
 * @throws DOMException  (AbortError) when `signal` ended it; nothing else
 */
export async function askPage<T extends object>(path: string, signal: AbortSignal): Promise<Answer<T>> {
  return await ask<T>(path, { signal }, {});
}

/**
 * Sends a command with a JSON body.
 * @returns what the command answered, or its problem: 409 and 422 are answers too
 */
export async function sendCommand<T extends object>(
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const init = { method: 'POST', body: JSON.stringify(body) };
  return await ask<T>(path, init, { ...headers, 'content-type': 'application/json' });
}

/** The custom header shows that a script of this origin asks, not another site's form: with the session it is asked for. */
const ALWAYS = { accept: 'application/json', 'x-csrf': '1' };

async function ask<T extends object>(
  path: string,
  init: RequestInit,
  headers: Readonly<Record<string, string>>,
): Promise<Answer<T>> {
  try {
    const response = await fetch(path, { ...init, headers: { ...headers, ...ALWAYS } });
    if (response.status === 401) forgetViewer();
    if (!response.ok) return { kind: 'problem', problem: await problemOf(response) };
    const { _sections: states = {}, ...payload } = (await response.json()) as T & { _sections?: SectionStates };
    return { kind: 'page', payload: payload as unknown as T, states };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    return { kind: 'problem', problem: UNREACHABLE };
  }
}
