import type { Principal } from 'guichet/kernel';
import { shareAt } from 'guichet/resilience';
import type { Endpoint } from '../endpoint.js';
import { hasClaims, selects } from './selects.js';
import { Subset } from './subset.js';
import { DEFAULT_SUBSET, type SubsetConfig, type SubsetWeights } from './subset-options.js';

/** The subsets of one upstream: whose instances are where, and who is answered by which. */
export class Subsets {
  /** In the order of declaration, the default one last. */
  readonly all: readonly Subset[];
  readonly byDefault = new Subset(DEFAULT_SUBSET, undefined);
  private readonly declared: readonly Subset[];
  private readonly hasClaims: boolean;
  private shares: readonly number[] = [];

  /**
   * @param upstream  its name
   * @param configs   by the subset's name, in order
   * @param weights   in percent, instead of what those say
   */
  constructor(
    readonly upstream: string,
    configs: Readonly<Record<string, SubsetConfig>>,
    weights: SubsetWeights = {},
  ) {
    this.declared = Object.entries(configs).map(([name, config]) => new Subset(name, config));
    this.all = [...this.declared, this.byDefault];
    this.hasClaims = Object.values(configs).some(({ claims }) => Object.keys(claims).length > 0);
    this.weigh(weightsOf({ subsets: configs, subsetWeights: weights }));
  }

  /** Whether it matters who asks, or when: else all are answered by the default one. */
  get isSplit(): boolean {
    return this.hasClaims || this.shares.some(share => share > 0);
  }

  /** The weights in force, in percent; the default subset's is what the others leave. */
  get weights(): SubsetWeights {
    const weights = this.declared.map(({ name }, index) => [name, percent(this.shares[index]!)] as const);
    const rest = percent(1 - this.shares.reduce((sum, share) => sum + share, 0));
    return Object.fromEntries([...weights, [DEFAULT_SUBSET, rest]]);
  }

  /** @returns undefined where there is no such subset */
  named(name: string): Subset | undefined {
    return this.all.find(subset => subset.name === name);
  }

  /**
   * Lets other weights hold for requests from now on; those under way keep to what was chosen. What is not named keeps its weight.
   * @param weights  in percent
   * @throws RangeError  for a subset that is not declared, a weight out of range, or more than 100 in all; nothing is changed then
   */
  weigh(weights: SubsetWeights): void {
    for (const [name, weight] of Object.entries(weights)) {
      if (!this.declared.some(subset => subset.name === name))
        throw new RangeError(`"${this.upstream}" declares no subset "${name}"`);
      if (!(weight >= 0 && weight <= 100)) throw new RangeError(`the weight of "${name}" must be from 0 to 100`);
    }
    const shares = this.declared.map(({ name }, index) =>
      Object.hasOwn(weights, name) ? weights[name]! / 100 : (this.shares[index] ?? 0),
    );
    if (shares.reduce((sum, share) => sum + share, 0) > 1 + 1e-9)
      throw new RangeError(`the weights of the subsets of "${this.upstream}" are more than 100 in all`);
    this.shares = shares;
  }

  /**
   * @param wish   the subset that who asks wants
   * @param point  where who asks stands: from 0 up to 1
   */
  choose(wish: string | undefined, principal: Principal | undefined, point: number): Subset {
    const wished = wish === undefined ? undefined : this.named(wish);
    if (wished !== undefined) return wished;
    if (this.hasClaims && principal !== undefined) {
      const claimed = this.declared.find(({ config }) => hasClaims(config!.claims, principal));
      if (claimed !== undefined) return claimed;
    }
    return this.declared[shareAt(this.shares, point)] ?? this.byDefault;
  }

  /**
   * @param now  milliseconds
   * @returns the default subset, or where that has no instance the first that can be called
   */
  fallback(now: number): Subset {
    const { byDefault } = this;
    if (byDefault.list.length > 0) return byDefault;
    return this.declared.find(subset => subset.refusal(now) === undefined) ?? byDefault;
  }

  /** Divides the upstream's endpoints: each goes to the first subset that it fits. */
  divide(endpoints: readonly Endpoint[]): void {
    let rest = endpoints;
    for (const subset of this.declared) {
      subset.take(rest.filter(({ instance }) => selects(subset.config!, instance)));
      rest = rest.filter(({ instance }) => !selects(subset.config!, instance));
    }
    this.byDefault.take(rest);
  }
}

/** @returns the weights that hold by an upstream's options, in percent */
export function weightsOf({
  subsets,
  subsetWeights,
}: {
  readonly subsets: Readonly<Record<string, Pick<SubsetConfig, 'weightPercent'>>>;
  readonly subsetWeights: SubsetWeights;
}): SubsetWeights {
  const declared = Object.entries(subsets).map(([name, { weightPercent }]) => [name, weightPercent] as const);
  return { ...Object.fromEntries(declared), ...subsetWeights };
}

/** Without what dividing by a hundred adds. */
function percent(share: number): number {
  return Math.round(share * 1e8) / 1e6;
}
