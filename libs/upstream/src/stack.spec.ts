import { ManualClock } from 'guichet/testing';
import { TimerWheel } from 'guichet/kernel';
import { Endpoints } from './endpoints.js';
import { stack } from './layer.js';
import { type StackParts, upstreamLayers } from './stack.js';
import { upstreamOptionsSchema } from './upstream-options.js';

function parts(values: Partial<StackParts> = {}): StackParts {
  const clock = new ManualClock();
  const endpoints = new Endpoints(
    () => undefined as never,
    () => {},
  );
  const config = upstreamOptionsSchema.parse({});
  return { config, endpoints, clock, wheel: new TimerWheel(clock), random: () => 0, events: undefined, ...values };
}

describe('the stack of an upstream', () => {
  it('has its layers in this order, outermost first', () => {
    expect(upstreamLayers(parts()).map(layer => layer.name)).toEqual([
      'identity',
      'retry',
      'instance-pick',
      'attempt-timeout',
    ]);
  });

  it('tells events of each attempt once its instance is known, where somebody listens', () => {
    const events = { attemptStarted() {}, attemptEnded() {} };
    expect(upstreamLayers(parts({ events })).map(layer => layer.name)).toEqual([
      'identity',
      'retry',
      'instance-pick',
      'events',
      'attempt-timeout',
    ]);
  });

  it('enters the first layer first', () => {
    const entered: string[] = [];
    const layer = (name: string) => ({
      name,
      wrap: (next: Parameters<typeof stack>[1]) => ({
        start: (...args: Parameters<typeof next.start>) => {
          entered.push(name);
          return next.start(...args);
        },
      }),
    });
    const transport = { start: () => (entered.push('transport'), { cancel() {} }) };
    stack([layer('outer'), layer('inner')], transport).start(undefined as never, undefined as never);
    expect(entered).toEqual(['outer', 'inner', 'transport']);
  });
});
