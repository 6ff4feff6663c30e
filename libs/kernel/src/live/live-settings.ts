import type { RequestContext } from '../request-context.js';
import type { LivePart } from './live-part.js';

/** All values that may be changed while the app runs, as they hold from one instant to the next. Never changed, but replaced whole. */
export type LiveValues = readonly unknown[];

/**
 * What may be changed while the app runs: one immutable list of values, in which every {@link LiveValue} has its place. Requests
 * take the list along when they arrive, so that each goes by what held then, from its first room to its last. Also the
 * injection token: where an app provides none, nothing changes and nothing is looked up.
 */
export class LiveSettings {
  private values: LiveValues = [];
  private readonly known: LivePart[] = [];

  /** The values that hold now: what a request takes along. */
  get current(): LiveValues {
    return this.values;
  }

  /** The parts of a document, in the order in which they were added. */
  get parts(): readonly LivePart[] {
    return this.known;
  }

  /** Lets documents change a part of the app. At boot. */
  add(part: LivePart): void {
    this.known.push(part);
  }

  /** Makes room for one value. At boot, before any request. */
  declare<T>(initial: T): LiveValue<T> {
    this.values = Object.freeze([...this.values, initial]);
    return new LiveValue<T>(this, this.values.length - 1);
  }

  /** Lets other values hold for the requests that arrive from now on; those that are not named stay. */
  swap(changes: ReadonlyMap<LiveValue<unknown>, unknown>): void {
    const values = [...this.values];
    for (const [{ slot }, value] of changes) values[slot] = value;
    this.values = Object.freeze(values);
  }
}

/** One value that may be changed while the app runs. */
export class LiveValue<T> {
  /** @param slot  its place among the values */
  constructor(
    private readonly settings: LiveSettings,
    readonly slot: number,
  ) {}

  /** What holds now. */
  get current(): T {
    return this.settings.current[this.slot] as T;
  }

  /** @returns what held when the request arrived; for one that did not come through the app's door, what holds now */
  of(request: RequestContext): T {
    const { settings } = request;
    return settings === undefined ? this.current : (settings[this.slot] as T);
  }
}
