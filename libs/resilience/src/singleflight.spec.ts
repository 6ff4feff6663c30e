import { seededRandom } from '../test/seeded-random.js';
import { Flight, type Follower } from './flight.js';
import { Singleflight } from './singleflight.js';

class Caller implements Follower<string> {
  flight: Flight<string> | null = null;
  followerNext: Follower<string> | null = null;
  followerPrevious: Follower<string> | null = null;
  readonly told: string[] = [];

  constructor(private readonly whenTold: () => void = () => undefined) {}

  onSettled(outcome: string): void {
    this.told.push(outcome);
    this.whenTold();
  }
}

describe('Singleflight', () => {
  let singleflight: Singleflight<string>;

  beforeEach(() => {
    singleflight = new Singleflight();
  });

  it('makes one call of a thousand that ask for the same', () => {
    const callers = Array.from({ length: 1_000 }, () => new Caller());
    const boardings = callers.map(caller => singleflight.join('key', caller));
    expect(boardings.filter(boarding => boarding === 'leads')).toHaveLength(1);
    expect(callers[0]!.flight!.size).toBe(1_000);
    singleflight.settle(callers[0]!.flight!, 'answer');
    expect(callers.every(({ told }) => told.join() === 'answer')).toBe(true);
    expect(singleflight.size).toBe(0);
  });

  it('keeps calls with other keys apart', () => {
    const [one, other] = [new Caller(), new Caller()];
    expect([singleflight.join('one', one), singleflight.join('other', other)]).toEqual(['leads', 'leads']);
    singleflight.settle(one.flight!, 'answer');
    expect([one.told, other.told]).toEqual([['answer'], []]);
  });

  it('goes on without its leader', () => {
    const [leader, follower] = [new Caller(), new Caller()];
    singleflight.join('key', leader);
    singleflight.join('key', follower);
    expect(singleflight.leave(leader)).toBeUndefined();
    expect(singleflight.join('key', new Caller())).toBe('follows');
    singleflight.settle(follower.flight!, 'answer');
    expect([leader.told, follower.told]).toEqual([[], ['answer']]);
  });

  it('says whose call has nobody left, once, and begins anew for who comes next', () => {
    const [one, other, next] = [new Caller(), new Caller(), new Caller()];
    singleflight.join('key', one);
    singleflight.join('key', other);
    const flight = one.flight!;
    singleflight.leave(one);
    expect(singleflight.leave(other)).toBe(flight);
    expect(singleflight.leave(other)).toBeUndefined();
    expect(singleflight.join('key', next)).toBe('leads');
    singleflight.settle(flight, 'late');
    expect(next.told).toEqual([]);
    expect(singleflight.join('key', new Caller())).toBe('follows');
  });

  it('lets a follower leave, or ask again, while others are told', () => {
    const last = new Caller();
    const again = new Caller();
    const first = new Caller(() => {
      expect(singleflight.leave(last)).toBeUndefined();
      expect(singleflight.join('key', again)).toBe('leads');
    });
    singleflight.join('key', last);
    singleflight.join('key', first);
    singleflight.settle(first.flight!, 'answer');
    expect([first.told, last.told, again.told]).toEqual([['answer'], [], []]);
    expect(again.flight!.isOpen).toBe(true);
  });

  it('tells the others when one throws, and lets the error out', () => {
    const bad = new Caller(() => {
      throw new Error('bad');
    });
    const good = new Caller();
    singleflight.join('key', good);
    singleflight.join('key', bad);
    const flight = good.flight!;
    expect(() => singleflight.settle(flight, 'answer')).toThrow('bad');
    expect(good.told).toEqual(['answer']);
  });

  it('lets calls be made alone when there is no room, and when a key is too long', () => {
    singleflight = new Singleflight(2, 8);
    expect(['a', 'b', 'c', 'a'].map(key => singleflight.join(key, new Caller()))).toEqual([
      'leads',
      'leads',
      'alone',
      'follows',
    ]);
    expect(new Singleflight<string>(2, 8).join('123456789', new Caller())).toBe('alone');
  });

  it('refuses a follower that is in a flight already', () => {
    const caller = new Caller();
    singleflight.join('key', caller);
    expect(() => singleflight.join('key', caller)).toThrow('joined twice');
  });

  it.each([1, 2, 3])('tells each follower once or never, by its own call alone, and keeps nothing (seed %s)', seed => {
    const random = seededRandom(seed);
    singleflight = new Singleflight(5);
    const calls: { readonly key: string; readonly flight: Flight<string>; isCancelled: boolean }[] = [];
    const here: { readonly key: string; readonly caller: Caller }[] = [];
    let served = 0;
    for (let step = 0; step < 20_000; step++) {
      const draw = random();
      if (draw < 0.5) {
        const key = `key ${Math.floor(random() * 8)}`;
        const caller = new Caller();
        const boarding = singleflight.join(key, caller);
        if (boarding === 'leads') calls.push({ key, flight: caller.flight!, isCancelled: false });
        if (boarding !== 'alone') here.push({ key, caller });
      } else if (draw < 0.8 && here.length > 0) {
        const [{ caller }] = here.splice(Math.floor(random() * here.length), 1) as [(typeof here)[number]];
        const left = singleflight.leave(caller);
        for (const call of calls) call.isCancelled ||= call.flight === left;
        if (caller.told.length > 0) throw new Error(`told and here at ${step}`);
      } else if (calls.length > 0) {
        const [call] = calls.splice(Math.floor(random() * calls.length), 1) as [(typeof calls)[number]];
        // A cancelled call's outcome may come all the same.
        singleflight.settle(call.flight, call.key);
        for (let index = here.length - 1; index >= 0; index--) {
          const { key, caller } = here[index]!;
          if (caller.told.length === 0) continue;
          if (call.isCancelled || caller.told.join() !== key || key !== call.key) throw new Error(`wrong at ${step}`);
          here.splice(index, 1);
          served++;
        }
      }
      if (singleflight.size !== calls.filter(({ isCancelled }) => !isCancelled).length)
        throw new Error(`size at ${step}`);
    }
    expect(served).toBeGreaterThan(1_000);
    for (const { caller } of here) singleflight.leave(caller);
    expect(singleflight.size).toBe(0);
  });
});
