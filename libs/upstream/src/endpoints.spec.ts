import { exampleInstance } from '../test/layer-rig.js';
import { Endpoints } from './endpoints.js';

describe('Endpoints', () => {
  it('tells of instances that were not there before and can be called, and of no others', () => {
    const refused: string[] = [];
    const endpoints = new Endpoints(
      ({ port }) => {
        if (port === 9) throw new TypeError('no address');
        return { close: async () => {}, destroy: async () => {} };
      },
      ({ id }) => refused.push(id),
    );
    let told = 0;
    endpoints.onNew(() => told++);
    const toldOf = (...ports: number[]): number => {
      told = 0;
      const instances = ports.map(port => exampleInstance(port));
      endpoints.update({ service: 'example', instances, state: 'fresh', confirmedAt: 0 });
      return told;
    };
    expect(toldOf(1, 2)).toBe(1);
    expect(toldOf(1, 2)).toBe(0);
    expect(toldOf(2)).toBe(0);
    expect(toldOf(2, 9)).toBe(0);
    expect(toldOf(2, 9)).toBe(0);
    expect(toldOf(1, 2, 9)).toBe(1);
    expect(refused).toEqual(['i9', 'i9', 'i9']);
  });
});
