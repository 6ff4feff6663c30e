import type { Instance, Snapshot } from 'guichet/discovery';
import { addressOf, Endpoint } from './endpoint.js';
import { EndpointGroup } from './endpoint-group.js';
import type { Subsets } from './subsets/subsets.js';
import type { Connections } from './transports/connections.js';

/** What an instance must keep to keep its connections. */
function identity(instance: Instance): string {
  return `${instance.id} ${addressOf(instance)}`;
}

/** The endpoints of one upstream, as the latest snapshot of its instances says. */
export class Endpoints extends EndpointGroup {
  private readonly byIdentity = new Map<string, Endpoint>();
  private readonly closing = new Set<Connections>();
  private readonly listeners: (() => void)[] = [];

  /**
   * @param openPool  makes the connections of an instance
   * @param onRefused told of an instance whose address cannot be used; it is left out
   * @param subsets   which of them are judged and picked from apart; undefined: all are one group
   */
  constructor(
    private readonly openPool: (instance: Instance) => Connections,
    private readonly onRefused: (instance: Instance, error: unknown) => void,
    private readonly subsets: Subsets | undefined = undefined,
  ) {
    super();
  }

  /** The groups that are judged each by itself: the subsets, or all together. */
  get groups(): readonly EndpointGroup[] {
    return this.subsets?.all ?? [this];
  }

  /** How many are ejected. */
  get ejected(): number {
    return this.groups.reduce((total, { outliers }) => total + outliers.ejected, 0);
  }

  /**
   * Takes a snapshot on: an instance that stays keeps its connections and counts, a new one gets its own, one that is
   * gone gets no new calls; calls under way there finish, then its connections close.
   */
  update(snapshot: Snapshot): void {
    const gone = new Map(this.byIdentity);
    let isAnyNew = false;
    for (const instance of snapshot.instances) {
      const key = identity(instance);
      const known = this.byIdentity.get(key);
      gone.delete(key);
      if (known) known.instance = instance;
      else if (this.add(key, instance)) isAnyNew = true;
    }
    for (const [key, endpoint] of gone) {
      this.byIdentity.delete(key);
      this.retire(endpoint.pool);
    }
    const all = [...this.byIdentity.values()];
    this.consistOf(all);
    this.subsets?.divide(all);
    if (isAnyNew) for (const listener of this.listeners) listener();
  }

  /** @param listener  told after an update that brought an instance which was not there before */
  onNew(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Lets calls under way finish, then closes every connection; further calls find no instance. */
  async close(): Promise<void> {
    this.update({ service: '', instances: [], state: 'fresh', confirmedAt: 0 });
    await Promise.all([...this.closing].map(pool => pool.close()));
  }

  /** Closes every connection at once; what is under way there fails. */
  async destroy(): Promise<void> {
    await Promise.all([...this.closing].map(pool => pool.destroy()));
  }

  /** @returns whether it can be called */
  private add(key: string, instance: Instance): boolean {
    try {
      this.byIdentity.set(key, new Endpoint(instance, this.openPool(instance), this));
      return true;
    } catch (error) {
      this.onRefused(instance, error);
      return false;
    }
  }

  private retire(pool: Connections): void {
    this.closing.add(pool);
    const closed = (): void => void this.closing.delete(pool);
    pool.close().then(closed, closed);
  }
}
