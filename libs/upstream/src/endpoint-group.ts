import { OutlierDetector } from 'guichet/resilience';
import type { Endpoint, Judged } from './endpoint.js';

/** Endpoints that are picked from, and judged, together: all of an upstream, or one subset of them. */
export class EndpointGroup implements Judged {
  private judge = new OutlierDetector<Endpoint>();
  private current: readonly Endpoint[] = [];

  /** Those that may be called now. A list is never changed: what picked from it keeps what it saw. */
  get list(): readonly Endpoint[] {
    return this.current;
  }

  /** Who says which of them are called. */
  get outliers(): OutlierDetector<Endpoint> {
    return this.judge;
  }

  /** Has another judge say which of them are called; what each has done so far stays known. */
  judgeBy(outliers: OutlierDetector<Endpoint>): void {
    this.judge = outliers;
    outliers.update(this.current);
  }

  /**
   * @param now  milliseconds
   * @returns whether any besides the given one may be called
   */
  hasOther(endpoint: Endpoint | undefined, now: number): boolean {
    return this.current.some(other => other !== endpoint && other.share(now) > 0);
  }

  /** From now on these are its members. */
  protected consistOf(endpoints: readonly Endpoint[]): void {
    this.current = endpoints;
    this.judge.update(endpoints);
  }
}
