import { layerParts } from '../test/layer-rig.js';
import { stack } from './layer.js';
import { upstreamLayers } from './stack.js';
import { UpstreamEvents } from './upstream-events.js';

class NoEvents extends UpstreamEvents {
  attemptStarted(): void {}
  attemptEnded(): void {}
}

describe('the stack of an upstream', () => {
  it('has its layers in this order, outermost first', () => {
    expect(upstreamLayers(layerParts()).map(layer => layer.name)).toEqual([
      'deadline',
      'singleflight',
      'identity',
      'bulkhead',
      'retry',
      'hedging',
      'circuit-breaker',
      'instance-pick',
      'attempt-timeout',
    ]);
  });

  it('chooses among subsets before calls are shared, where there are any', () => {
    const parts = layerParts({ subsets: { canary: { tag: 'v2' } } });
    expect(
      upstreamLayers(parts)
        .map(layer => layer.name)
        .slice(0, 3),
    ).toEqual(['deadline', 'subset', 'singleflight']);
  });

  it('tells events of each attempt once its instance is known, where somebody listens', () => {
    const names = upstreamLayers(layerParts({}, { events: new NoEvents() })).map(layer => layer.name);
    expect(names.slice(-3)).toEqual(['instance-pick', 'events', 'attempt-timeout']);
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
