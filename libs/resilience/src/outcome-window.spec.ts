import { OutcomeWindow } from './outcome-window.js';

describe('OutcomeWindow', () => {
  it('says nothing below the least number of calls', () => {
    const window = new OutcomeWindow();
    for (let call = 0; call < 19; call++) window.addFailure(call);
    expect(window.failsAt(19, 0.5, 20)).toBe(false);
    window.addSuccess(19);
    expect(window.failsAt(19, 0.5, 20)).toBe(true);
  });

  it('reaches a ratio exactly', () => {
    const window = new OutcomeWindow();
    for (let call = 0; call < 10; call++) window.addFailure(0);
    for (let call = 0; call < 11; call++) window.addSuccess(0);
    expect(window.failsAt(0, 0.5, 20)).toBe(false);
    window.addFailure(0);
    expect(window.failsAt(0, 0.5, 20)).toBe(true);
  });

  it('lets failures go with the window', () => {
    const window = new OutcomeWindow(10_000, 10);
    for (let call = 0; call < 30; call++) window.addFailure(500);
    expect([window.calls(9_999), window.failures(9_999)]).toEqual([30, 30]);
    expect([window.calls(10_000), window.failures(10_000)]).toEqual([0, 0]);
    expect(window.failsAt(10_000, 0.5, 0)).toBe(false);
  });

  it('forgets when told', () => {
    const window = new OutcomeWindow();
    window.addFailure(0);
    window.clear();
    expect([window.calls(0), window.failures(0)]).toEqual([0, 0]);
  });
});
