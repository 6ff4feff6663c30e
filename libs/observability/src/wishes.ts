import type { IncomingMessage } from 'node:http';
import type { SubsetWish } from 'guichet/kernel';
import { isNeighbour } from './neighbour.js';

/** How requests may say by which subset of their upstreams they want to be answered. */
export interface WishOptions {
  /** The header's name, in lower case. */
  readonly name: string;
  /** Whose is believed. */
  readonly from: 'neighbours' | 'anyone';
  /** What it may say. */
  readonly subsets: ReadonlySet<string>;
}

/** Hears in room 1 what requests wish; of what nobody declared, and of strangers where only neighbours may wish, nothing. */
export class Wishes {
  private readonly bySubset: ReadonlyMap<string, SubsetWish>;

  constructor(private readonly options: WishOptions) {
    const { name, subsets } = options;
    this.bySubset = new Map([...subsets].map(subset => [subset, { header: name, subset }]));
  }

  /** @returns undefined where it wishes nothing that is heard */
  of(request: IncomingMessage): SubsetWish | undefined {
    const { name, from } = this.options;
    const value = request.headers[name];
    if (typeof value !== 'string') return undefined;
    const wish = this.bySubset.get(value);
    return wish !== undefined && (from === 'anyone' || isNeighbour(request)) ? wish : undefined;
  }
}
