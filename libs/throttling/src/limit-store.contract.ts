import { type LimitStore } from './limit-store.js';

/** A store under test, and how its time passes. */
export interface LimitStoreRig {
  /** Stores that count together: two replicas where the store is shared, else one twice. */
  readonly replicas: readonly [LimitStore, LimitStore];
  /** Lets milliseconds pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const limit = { limit: 5, windowMs: 300, blockMs: 0 };

/** What every {@link LimitStore} promises, as jest cases. */
export function limitStoreContract(start: () => Promise<LimitStoreRig>): void {
  let rig: LimitStoreRig;
  beforeEach(async () => (rig = await start()));
  afterEach(() => rig.close());

  const spend = async (key: string, cost = 1, of = limit) => rig.replicas[0].hit(key, cost, of);

  it('admits exactly the limit, and says what is left', async () => {
    for (let spent = 1; spent <= 5; spent++) expect(await spend('a')).toMatchObject({ spent, admitted: true });
    const refused = await spend('a');
    expect(refused).toMatchObject({ spent: 5, admitted: false });
    expect(refused.resetMs).toBeGreaterThan(0);
    expect(refused.resetMs).toBeLessThanOrEqual(300);
  });

  it('admits exactly the limit of many at once, across replicas', async () => {
    const hits = await Promise.all(
      Array.from({ length: 200 }, (_, n) => rig.replicas[n % 2]!.hit('b', 1, { ...limit, limit: 50 })),
    );
    expect(hits.filter(hit => hit.admitted)).toHaveLength(50);
  });

  it('counts each key for itself', async () => {
    for (let n = 0; n < 5; n++) await spend('c');
    expect((await spend('c')).admitted).toBe(false);
    expect((await spend('d')).admitted).toBe(true);
  });

  it('admits anew when the window is over, not before', async () => {
    for (let n = 0; n < 5; n++) await spend('e');
    await rig.pass(100);
    expect((await spend('e')).admitted).toBe(false);
    await rig.pass(250);
    expect(await spend('e')).toMatchObject({ spent: 1, admitted: true });
  });

  it('spends nothing on what it refuses: a cheaper request still fits', async () => {
    expect((await spend('f', 4)).admitted).toBe(true);
    expect(await spend('f', 2)).toMatchObject({ spent: 4, admitted: false });
    expect(await spend('f', 1)).toMatchObject({ spent: 5, admitted: true });
  });

  it('shuts out for the block when there is one', async () => {
    const blocking = { limit: 1, windowMs: 100, blockMs: 400 };
    expect((await spend('g', 1, blocking)).admitted).toBe(true);
    expect((await spend('g', 1, blocking)).resetMs).toBeGreaterThan(300);
    await rig.pass(200);
    expect((await spend('g', 1, blocking)).admitted).toBe(false);
    await rig.pass(300);
    expect((await spend('g', 1, blocking)).admitted).toBe(true);
  });

  it("counts for @nestjs/throttler's own guard, in seconds", async () => {
    const ttl = 5_000;
    expect(await rig.replicas[0].increment('h', ttl, 1, ttl, 'default')).toEqual({
      totalHits: 1,
      timeToExpire: 5,
      isBlocked: false,
      timeToBlockExpire: 0,
    });
    expect(await rig.replicas[0].increment('h', ttl, 1, ttl, 'default')).toMatchObject({
      totalHits: 2,
      isBlocked: true,
      timeToBlockExpire: 5,
    });
  });
}
