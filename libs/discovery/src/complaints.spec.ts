import { Complaints } from './complaints.js';

describe('Complaints', () => {
  it('has each kind said once, until all is well again', () => {
    const complaints = new Complaints();
    const said = (...kinds: string[]): boolean[] => kinds.map(kind => complaints.isNew(kind));
    expect(said('away', 'refused', 'away', 'refused')).toEqual([true, true, false, false]);
    complaints.end();
    expect(said('away')).toEqual([true]);
  });

  it('does not say without end what is never the same', () => {
    const complaints = new Complaints();
    const said = Array.from({ length: 1_000 }, (_, n) => complaints.isNew(String(n)));
    expect(said.filter(Boolean)).toHaveLength(4);
  });
});
