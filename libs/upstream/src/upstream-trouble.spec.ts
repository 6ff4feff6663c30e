import { InstanceHealth, OutcomeWindow } from 'guichet/resilience';
import type { Endpoint } from './endpoint.js';
import { troubleOf } from './upstream-trouble.js';

const closed = { kind: 'closed', window: new OutcomeWindow(10_000) } as const;

function endpoint(ejectedUntil?: number): Endpoint {
  const health = new InstanceHealth();
  if (ejectedUntil !== undefined) {
    const since = 0;
    health.state = {
      kind: 'ejected',
      cause: 'failure-ratio',
      since,
      until: ejectedUntil,
      trialAt: 0,
      isTrialOut: false,
    };
  }
  return { health } as Endpoint;
}

describe('the trouble of an upstream', () => {
  it('is none while one instance serves', () => {
    expect(troubleOf([endpoint(1_000), endpoint()], closed, 500)).toBeUndefined();
  });

  it('is that there are no instances', () => {
    expect(troubleOf([], closed, 0)).toBe('no-instances');
  });

  it('is that all are ejected, until the first of them may be called again', () => {
    const all = [endpoint(1_000), endpoint(2_000)];
    expect(troubleOf(all, closed, 999)).toBe('all-ejected');
    expect(troubleOf(all, closed, 1_000)).toBeUndefined();
  });

  it('is an open breaker, until it would let a call through: without traffic none would come to close it', () => {
    const open = { kind: 'open', openedAt: 100, openMs: 5_000 } as const;
    expect(troubleOf([endpoint()], open, 5_099)).toBe('circuit-open');
    expect(troubleOf([endpoint()], open, 5_100)).toBeUndefined();
    const halfOpen = { kind: 'half-open', openMs: 5_000, probesOut: 1, probesSucceeded: 0 } as const;
    expect(troubleOf([endpoint()], halfOpen, 6_000)).toBeUndefined();
  });
});
