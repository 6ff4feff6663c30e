import type { PageRegistry } from 'guichet/page';
import { FanOutCost } from './fan-out-cost.js';

class FilmPage {}
class EmptyPage {}
class Other {}

describe('FanOutCost', () => {
  const plans = [
    { name: 'FilmPage', sections: [{}, {}, {}, {}, {}] },
    { name: 'EmptyPage', sections: [] },
  ];
  const cost = new FanOutCost({ plans } as unknown as PageRegistry);

  it('lets a page cost its sections', () => {
    expect(cost.of(FilmPage)).toBe(5);
  });

  it('lets everything cost something', () => {
    expect([cost.of(EmptyPage), cost.of(Other)]).toEqual([1, 1]);
  });
});
