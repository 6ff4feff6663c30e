import { generateKeyPairSync } from 'node:crypto';
import { ManualClock } from 'guichet/testing';
import { RemoteKeySet } from './remote-key-set.js';
import { KeysUnavailable } from './token-rejected.js';

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const HOUR_MS = 3_600_000;

function start() {
  const clock = new ManualClock();
  const rig = { clock, kids: ['a'], isDown: false, fetches: 0, warnings: [] as string[] };
  const keys = new RemoteKeySet(
    {
      issuer: 'https://id.example',
      jwksUri: 'https://id.example/jwks',
      cooldownMs: 30_000,
      maxAgeMs: 600_000,
      log: { warn: message => rig.warnings.push(message) },
    },
    clock,
    async () => {
      rig.fetches++;
      if (rig.isDown) throw new Error('down');
      return { keys: rig.kids.map(kid => ({ ...jwk, kid })) };
    },
  );
  return Object.assign(rig, { keys });
}

describe('RemoteKeySet', () => {
  it('fetches once for 10 000 unknown kids, and again after the cooldown', async () => {
    const rig = start();
    await rig.keys.refresh();
    rig.clock.advance(30_000);
    rig.fetches = 0;
    const all = Array.from({ length: 10_000 }, (_, n) => rig.keys.find(`kid-${n}`, 'ES256'));
    expect((await Promise.all(all)).every(key => key === undefined)).toBe(true);
    for (let n = 0; n < 100; n++) await rig.keys.find(`later-${n}`, 'ES256');
    expect(rig.fetches).toBe(1);
    rig.clock.advance(30_000);
    await rig.keys.find('x', 'ES256');
    expect(rig.fetches).toBe(2);
  });

  it('finds a key that came with a rotation, and no longer the one that went', async () => {
    const rig = start();
    expect((await rig.keys.find('a', 'ES256'))?.kid).toBe('a');
    rig.kids = ['b'];
    rig.clock.advance(30_000);
    expect((await rig.keys.find('b', 'ES256'))?.kid).toBe('b');
    expect(await rig.keys.find('a', 'ES256')).toBeUndefined();
  });

  it('goes on with the known keys while the issuer is down for an hour', async () => {
    const rig = start();
    await rig.keys.find('a', 'ES256');
    rig.isDown = true;
    for (let elapsed = 0; elapsed < HOUR_MS; elapsed += 60_000) {
      rig.clock.advance(60_000);
      expect((await rig.keys.find('a', 'ES256'))?.kid).toBe('a');
    }
    expect(rig.warnings.length).toBeGreaterThan(0);
    rig.isDown = false;
    rig.clock.advance(30_000);
    await rig.keys.refresh();
    expect(rig.keys.isReady).toBe(true);
  });

  it('cannot judge before it ever had keys, asks each second, and is ready after', async () => {
    const rig = start();
    rig.isDown = true;
    await expect(rig.keys.find('a', 'ES256')).rejects.toBeInstanceOf(KeysUnavailable);
    await expect(rig.keys.find('a', 'ES256')).rejects.toBeInstanceOf(KeysUnavailable);
    expect([rig.fetches, rig.keys.isReady]).toEqual([1, false]);
    rig.isDown = false;
    rig.clock.advance(1_000);
    expect((await rig.keys.find('a', 'ES256'))?.kid).toBe('a');
  });

  it('takes a token without kid only where one key fits', async () => {
    const rig = start();
    expect((await rig.keys.find(undefined, 'ES256'))?.kid).toBe('a');
    rig.kids = ['a', 'b'];
    rig.clock.advance(30_000);
    await rig.keys.refresh();
    expect(await rig.keys.find(undefined, 'ES256')).toBeUndefined();
    expect(await rig.keys.find('a', 'RS256')).toBeUndefined();
  });
});
