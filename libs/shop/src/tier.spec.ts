import { tierOf } from './tier.js';

const viewer = (claims: Record<string, unknown>) => ({ issuer: 'i', subject: 's', claims });

describe('tierOf', () => {
  it('is what the claim says', () => expect(tierOf(viewer({ tier: 'gold' }))).toBe('gold'));

  it.each([undefined, viewer({}), viewer({ tier: 'platinum' }), viewer({ tier: 1 })])('is basic for %j', nobody =>
    expect(tierOf(nobody)).toBe('basic'),
  );
});
