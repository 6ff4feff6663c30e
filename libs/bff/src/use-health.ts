import type { INestApplicationContext } from '@nestjs/common';
import { KeySet, SessionStore } from 'guichet/auth';
import { type EventLoopHealth, type HealthOptions, Readiness } from 'guichet/health';
import type { BootProblems } from 'guichet/kernel';
import type { LiveConfiguration } from 'guichet/live';
import { LimitStore } from 'guichet/throttling';
import { optional } from './optional.js';

/** Has readiness look at what only the whole app knows: its event loop, its issuer's keys, and the stores that replicas share. */
export function useHealth(
  app: INestApplicationContext,
  options: HealthOptions,
  eventLoop: EventLoopHealth,
  problems: BootProblems,
  live: LiveConfiguration | undefined,
): void {
  const readiness = app.get(Readiness, { strict: false });
  readiness.require('event loop', () => eventLoop.isWell, 'it has been late for long');
  const keys = optional(app, KeySet);
  if (keys) readiness.require('keys', () => keys.isReady, 'the issuer’s keys are not known yet');
  for (const [name, token] of [
    ['sessions', SessionStore],
    ['limits', LimitStore],
  ] as const) {
    const store = optional<{ readonly isWell: boolean }>(app, token);
    if (store) readiness.observe(name, () => store.isWell);
  }
  if (live) {
    readiness.observe(
      'live configuration',
      () => live.isWell,
      () => {
        const { condition, unreachable, inForce, refused } = live.state;
        const { version, from } = inForce;
        const trouble = { ...(unreachable && { unreachable }), ...(refused && { refused: refused.version }) };
        return { condition, version, from, inForceMs: live.ageMs, ...trouble };
      },
    );
  }
  for (const name of options.critical) {
    const known = readiness.makeCritical(name);
    if (!known) continue;
    problems.add({
      where: 'bff',
      path: 'health.critical',
      message: 'there is no such upstream',
      value: name,
      mend: `name one of ${known.join(', ') || 'the upstreams, once there are any'}, or remove it`,
    });
  }
}
