import type { Cohorts } from './cohorts.js';
import type { Subsets } from './subsets.js';

/** What chooses among an upstream's subsets. */
export interface SubsetParts {
  readonly subsets: Subsets;
  readonly cohorts: Cohorts;
}
