import type { Endpoint } from '../endpoint.js';
import { EndpointGroup } from '../endpoint-group.js';
import type { SubsetConfig } from './subset-options.js';

/** Some of an upstream's instances, say those of one version: picked from and judged among themselves. */
export class Subset extends EndpointGroup {
  /**
   * @param config  undefined for the default one, whose instances are in no other
   */
  constructor(
    readonly name: string,
    readonly config: Pick<SubsetConfig, 'tag' | 'meta' | 'claims'> | undefined,
  ) {
    super();
  }

  /** Whether it is the default one, which is called even when it is unwell. */
  get isDefault(): boolean {
    return this.config === undefined;
  }

  /** Takes its members on. */
  take(endpoints: readonly Endpoint[]): void {
    for (const endpoint of endpoints) endpoint.group = this;
    this.consistOf(endpoints);
  }

  /**
   * Why nothing should be sent there; undefined: it can be called.
   * @param now  milliseconds
   */
  refusal(now: number): 'no-instances' | 'ejected' | undefined {
    const { list, outliers } = this;
    if (list.length === 0) return 'no-instances';
    outliers.refresh(now);
    return outliers.ejected < list.length ? undefined : 'ejected';
  }
}
