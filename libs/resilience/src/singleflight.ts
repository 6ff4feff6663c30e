import { Flight, type Follower } from './flight.js';

/** What became of one who wants to share a call. */
export type Boarding = 'leads' | 'follows' | 'alone';

class KeyedFlight<O> extends Flight<O> {
  constructor(readonly key: string) {
    super();
  }
}

/**
 * Calls under way by what they ask for, so that the same is asked once. A key must hold every input of the answer.
 * Book-keeping alone: it starts and cancels nothing. Memory is bounded: calls beyond that are made alone.
 */
export class Singleflight<O> {
  private readonly flights = new Map<string, KeyedFlight<O>>();

  /**
   * @param maxFlights    calls under way that can be shared, >= 0
   * @param maxKeyLength  characters of a key above which a call is made alone
   */
  constructor(
    private readonly maxFlights = 1_000,
    private readonly maxKeyLength = 4_096,
  ) {}

  /** How many calls are shared now. */
  get size(): number {
    return this.flights.size;
  }

  /**
   * Joins the call with that key, or begins it.
   * @returns `leads`: start the call, and {@link settle} the follower's `flight` with its outcome; `follows`: wait to be
   *          told; `alone`: there is no room, make the call unshared
   */
  join(key: string, follower: Follower<O>): Boarding {
    const known = this.flights.get(key);
    if (known !== undefined) {
      known.join(follower);
      return 'follows';
    }
    if (this.flights.size >= this.maxFlights || key.length > this.maxKeyLength) return 'alone';
    const flight = new KeyedFlight<O>(key);
    this.flights.set(key, flight);
    flight.join(follower);
    return 'leads';
  }

  /**
   * Lets one go; does nothing when it is in no flight.
   * @returns the flight whose last follower that was: cancel its call, and settle it no more
   */
  leave(follower: Follower<O>): Flight<O> | undefined {
    const { flight } = follower;
    if (flight === null || !flight.leave(follower)) return undefined;
    this.forget(flight);
    return flight;
  }

  /**
   * Ends a shared call for all of its followers. Who asks for the same from now on, even while they are told, begins anew.
   * @throws what the first follower that threw has thrown, after all have been told
   */
  settle(flight: Flight<O>, outcome: O): void {
    this.forget(flight);
    flight.settle(outcome);
  }

  private forget(flight: Flight<O>): void {
    // A late outcome of a call that was left must not take away a newer call with the same key.
    if (flight instanceof KeyedFlight && this.flights.get(flight.key) === flight) this.flights.delete(flight.key);
  }
}
