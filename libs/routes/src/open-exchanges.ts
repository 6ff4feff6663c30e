/** An exchange that may last: server-sent events, a WebSocket. */
export interface LastingExchange {
  /** Ends it in order, for the app is going down; the client may come back elsewhere. */
  endInOrder(): void;
}

/** The exchanges of one route that are under way. */
export class OpenExchanges {
  private readonly lasting = new Set<LastingExchange>();
  private count = 0;

  /** @param max  at most so many */
  constructor(private readonly max: number) {}

  /** How many are under way. */
  get underWay(): number {
    return this.count;
  }

  /** How many of them may last. */
  get lastingCount(): number {
    return this.lasting.size;
  }

  /** @returns whether there was room for another */
  enter(): boolean {
    if (this.count >= this.max) return false;
    this.count++;
    return true;
  }

  /** One of those that entered turns out to be one that may last. */
  keep(exchange: LastingExchange): void {
    this.lasting.add(exchange);
  }

  /** One that entered is over. */
  leave(exchange: LastingExchange): void {
    this.count--;
    this.lasting.delete(exchange);
  }

  /** Ends all that would not end by themselves. */
  endLasting(): void {
    for (const exchange of this.lasting) exchange.endInOrder();
  }
}
