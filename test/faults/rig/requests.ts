import type { LoadRequest } from '../../support/load.js';
import type { Rig } from './rig.js';

/** What an instance says in its answer. */
export interface Echo {
  readonly service: string;
  readonly instance: string;
  readonly n: string;
  readonly identity: string | null;
  readonly requestId: string;
}

/** The n-th request for the page with a required and two optional sections; its answer must be about n, and of each service. */
export function trio(rig: Rig): (n: number) => LoadRequest {
  return n => ({
    url: rig.page(`trio/${n}`),
    check: answer => echoFault(answer.json() as Record<string, Echo>, n, null),
  });
}

/** The n-th request for a page with one required section. */
export function single(rig: Rig, service: 'alpha' | 'beta'): (n: number) => LoadRequest {
  return n => ({
    url: rig.page(`${service}/${n}`),
    check: answer => echoFault(answer.json() as Record<string, Echo>, n, null),
  });
}

/** @returns what is wrong with a payload of echoes: one for another request, another caller or another service */
export function echoFault(payload: Record<string, Echo>, n: number, identity: string | null): string | undefined {
  for (const [section, echo] of Object.entries(payload)) {
    if (section === '_sections' || typeof echo !== 'object') continue;
    if (echo.service !== section || echo.n !== String(n) || echo.identity !== identity) {
      return `${section} of ${n} for ${identity}: ${JSON.stringify(echo)}`;
    }
  }
  return undefined;
}
