import { Flight, type Follower } from './flight.js';

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

describe('Flight', () => {
  let flight: Flight<string>;
  const joined = (whenTold?: () => void): Caller => {
    const caller = new Caller(whenTold);
    flight.join(caller);
    return caller;
  };

  beforeEach(() => {
    flight = new Flight();
  });

  it('tells all of a thousand once', () => {
    const callers = Array.from({ length: 1_000 }, () => joined());
    expect(flight.size).toBe(1_000);
    flight.settle('answer');
    flight.settle('again');
    expect(callers.every(({ told }) => told.join() === 'answer')).toBe(true);
    expect([flight.size, flight.isOpen]).toEqual([0, false]);
  });

  it('goes on without whoever joined first', () => {
    const [first, second] = [joined(), joined()];
    expect(flight.leave(first)).toBe(false);
    expect(flight.isOpen).toBe(true);
    flight.settle('answer');
    expect([first.told, second.told]).toEqual([[], ['answer']]);
  });

  it('says who was the last, once', () => {
    const [one, other] = [joined(), joined()];
    flight.leave(other);
    expect(flight.leave(one)).toBe(true);
    expect(flight.leave(one)).toBe(false);
    expect(flight.isOpen).toBe(false);
    expect(() => joined()).toThrow('over');
  });

  it('lets one leave while others are told', () => {
    const last = joined();
    const first = joined(() => expect(flight.leave(last)).toBe(false));
    flight.settle('answer');
    expect([first.told, last.told]).toEqual([['answer'], []]);
  });

  it('tells the others when one throws, and lets the error out', () => {
    const good = joined();
    joined(() => {
      throw new Error('bad');
    });
    expect(() => flight.settle('answer')).toThrow('bad');
    expect(good.told).toEqual(['answer']);
  });

  it('refuses one that is in a flight already', () => {
    const caller = joined();
    expect(() => flight.join(caller)).toThrow('joined twice');
  });
});
