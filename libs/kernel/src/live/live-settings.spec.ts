import { RequestContext } from '../request-context.js';
import { LiveSettings, type LiveValue } from './live-settings.js';

describe('LiveSettings', () => {
  const arrive = (settings: LiveSettings): RequestContext => {
    const context = new RequestContext('r', 0);
    context.settings = settings.current;
    return context;
  };

  it('lets a request go by what held when it arrived, whatever changes meanwhile', () => {
    const settings = new LiveSettings();
    const [budget, isOn] = [settings.declare(800), settings.declare(true)];
    const before = arrive(settings);
    settings.swap(
      new Map<LiveValue<unknown>, unknown>([
        [budget, 400],
        [isOn, false],
      ]),
    );
    const after = arrive(settings);
    expect([budget.of(before), isOn.of(before)]).toEqual([800, true]);
    expect([budget.of(after), isOn.of(after)]).toEqual([400, false]);
  });

  it('keeps what a change does not name', () => {
    const settings = new LiveSettings();
    const [a, b] = [settings.declare('a'), settings.declare('b')];
    settings.swap(new Map([[a, 'A']]));
    settings.swap(new Map([[b, 'B']]));
    expect([a.current, b.current]).toEqual(['A', 'B']);
    expect(() => (settings.current as unknown[]).push(1)).toThrow(TypeError);
  });

  it('gives who did not come through the door what holds now', () => {
    const settings = new LiveSettings();
    const value = settings.declare(1);
    const detached = new RequestContext('job', 0);
    settings.swap(new Map([[value, 2]]));
    expect(value.of(detached)).toBe(2);
  });
});
