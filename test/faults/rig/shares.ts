import type { Answer } from '../../support/http.js';
import type { LoadRequest } from '../../support/load.js';
import type { Echo } from './requests.js';

/** Notes which instance answered when, of every section of a load's answers. */
export class Shares {
  private readonly answers: { atMs: number; service: string; instance: string }[] = [];

  /** @returns the same requests, their answers noted */
  of(next: (n: number) => LoadRequest): (n: number) => LoadRequest {
    return n => {
      const { check, ...request } = next(n);
      return {
        ...request,
        check: answer => {
          this.note(answer);
          return check?.(answer);
        },
      };
    };
  }

  /**
   * @param sinceMs, untilMs  instants of `performance.now()`
   * @returns the part of a service's answers that each instance gave
   */
  between(service: string, sinceMs: number, untilMs = Infinity): ReadonlyMap<string, number> {
    const answers = this.answers.filter(
      answer => answer.service === service && answer.atMs >= sinceMs && answer.atMs < untilMs,
    );
    const shares = new Map<string, number>();
    for (const { instance } of answers) shares.set(instance, (shares.get(instance) ?? 0) + 1 / answers.length);
    return shares;
  }

  /** @returns when this instance answered first after an instant, or undefined */
  firstAnswer(instance: string, sinceMs: number): number | undefined {
    return this.answers.find(answer => answer.instance === instance && answer.atMs >= sinceMs)?.atMs;
  }

  private note(answer: Answer): void {
    const atMs = performance.now();
    for (const echo of Object.values(answer.json() as Record<string, Partial<Echo> | undefined>)) {
      if (echo?.service && echo.instance) this.answers.push({ atMs, service: echo.service, instance: echo.instance });
    }
  }
}
