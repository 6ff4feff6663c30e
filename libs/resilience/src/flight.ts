/**
 * Somebody who shares a call. The flight keeps its links on the follower itself, so that joining allocates nothing; a
 * follower is in one flight at a time. Initialise the three with null.
 */
export interface Follower<O> {
  /** The call is over: called once, unless it left before. */
  onSettled(outcome: O): void;
  /** The flight's own. */
  flight: Flight<O> | null;
  /** The flight's own. */
  followerNext: Follower<O> | null;
  /** The flight's own. */
  followerPrevious: Follower<O> | null;
}

/**
 * One call that several share. Whoever joined first is a follower like the others: leaving harms nobody, and the call
 * goes on for those that are left. Run it by the upstream's own budget, and cancel it when the last has left.
 * For the open calls of one principal, a short list of flights is much cheaper than a key and a map.
 */
export class Flight<O> {
  private head: Follower<O> | null = null;
  private followers = 0;
  private open = true;

  /** How many share it. */
  get size(): number {
    return this.followers;
  }

  /** Whether it can still be joined: it has not settled and has not been left by all. */
  get isOpen(): boolean {
    return this.open;
  }

  /** @throws Error  if the flight is over or the follower is in one: a bug */
  join(follower: Follower<O>): void {
    if (!this.open || follower.flight !== null)
      throw new Error('a flight that is over was joined, or one joined twice');
    follower.flight = this;
    follower.followerPrevious = null;
    follower.followerNext = this.head;
    if (this.head !== null) this.head.followerPrevious = follower;
    this.head = follower;
    this.followers++;
  }

  /**
   * Lets one go; does nothing when it is not in this flight. Takes constant time.
   * @returns whether it was the last one: the call has nobody left, and is to be cancelled
   */
  leave(follower: Follower<O>): boolean {
    if (follower.flight !== this) return false;
    this.unlink(follower);
    if (this.followers > 0 || !this.open) return false;
    this.open = false;
    return true;
  }

  /**
   * Tells all that the call is over, the latest first; later ones may leave while earlier ones are told. Does nothing when it is over.
   * @throws what the first follower that threw has thrown, after all have been told
   */
  settle(outcome: O): void {
    this.open = false;
    let thrown: { readonly error: unknown } | undefined;
    for (let follower = this.head; follower !== null; follower = this.head) {
      this.unlink(follower);
      try {
        follower.onSettled(outcome);
      } catch (error) {
        thrown ??= { error };
      }
    }
    if (thrown) throw thrown.error;
  }

  private unlink(follower: Follower<O>): void {
    const { followerPrevious, followerNext } = follower;
    if (followerPrevious === null) this.head = followerNext;
    else followerPrevious.followerNext = followerNext;
    if (followerNext !== null) followerNext.followerPrevious = followerPrevious;
    follower.flight = follower.followerNext = follower.followerPrevious = null;
    this.followers--;
  }
}
