import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, request, type RequestOptions } from './http.js';

/** What came of one request of a {@link Load}. */
export interface Outcome {
  readonly path: string;
  /** Milliseconds since the load began, when the request was due. */
  readonly dueMs: number;
  /** Milliseconds from when it was due to its end, so that a late start counts as slowness. */
  readonly tookMs: number;
  /** When it ended, milliseconds of the system's clock, which other processes share. */
  readonly endedAtMs: number;
  /** Milliseconds from when it was due until it was sent: how far this process itself is behind. */
  readonly lagMs: number;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Whether it is a page with every section fresh. */
  readonly isComplete: boolean;
  /** What was wrong, where it failed: the body's beginning or the connection's error; or what its check said. */
  readonly trouble?: string;
  /** Whether it was a good answer to something else. */
  readonly isWrong: boolean;
}

/** A request of a {@link Load}. */
export interface LoadRequest extends RequestOptions {
  readonly url: string;
  /** @returns what is wrong with a 2xx answer, undefined when nothing is */
  readonly check?: (answer: Answer) => string | undefined;
}

/** Counts over the outcomes of a load. */
export interface LoadSummary {
  readonly sent: number;
  /** No answer, or not 2xx. */
  readonly failed: number;
  /** 2xx with `Page-Complete: ?0`. */
  readonly degraded: number;
  /** 2xx whose check found fault with them. */
  readonly wrong: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** The first few of what went wrong. */
  readonly troubles: readonly string[];
}

/**
 * Open-loop load: a request is sent when it is due, whether or not earlier ones are answered, so that a server that stalls
 * meets the same demand as one that does not.
 */
export class Load {
  readonly outcomes: Outcome[] = [];
  private readonly startedAt = performance.now();
  private readonly pending = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private sent = 0;

  /**
   * @param perSecond  requests a second, until {@link end}
   * @param next       the n-th request's URL, from 0
   */
  constructor(
    private readonly perSecond: number,
    private readonly next: (n: number) => LoadRequest,
  ) {
    this.timer = setInterval(() => this.sendDue(), 2);
  }

  /** Milliseconds since the load began. */
  get ageMs(): number {
    return performance.now() - this.startedAt;
  }

  /** Resolves when the load is this old, in milliseconds; at once when it is older. */
  async reaches(ageMs: number): Promise<void> {
    await pause(Math.max(0, ageMs - this.ageMs));
  }

  /** Resolves when the load has gone on for so many milliseconds more. */
  async goesOn(forMs: number): Promise<void> {
    await this.reaches(this.ageMs + forMs);
  }

  /** Sends no more, and waits for what is under way. */
  async end(): Promise<LoadSummary> {
    clearInterval(this.timer);
    await Promise.all(this.pending);
    return this.summary();
  }

  /** @returns counts so far */
  summary(): LoadSummary {
    const failed = this.outcomes.filter(isFailed);
    const byStatus: Record<string, number> = {};
    for (const { status } of this.outcomes) byStatus[status] = (byStatus[status] ?? 0) + 1;
    return {
      sent: this.sent,
      failed: failed.length,
      degraded: this.outcomes.filter(outcome => !isFailed(outcome) && !outcome.isComplete).length,
      wrong: this.outcomes.filter(({ isWrong }) => isWrong).length,
      byStatus,
      troubles: this.outcomes
        .filter(({ trouble }) => trouble !== undefined)
        .slice(0, 5)
        .map(({ path, dueMs, trouble }) => `${Math.round(dueMs)} ms: ${path}: ${trouble}`),
    };
  }

  private sendDue(): void {
    const due = Math.floor((this.ageMs / 1_000) * this.perSecond) + 1;
    while (this.sent < due) {
      const work = this.send(this.sent++).finally(() => this.pending.delete(work));
      this.pending.add(work);
    }
  }

  private async send(n: number): Promise<void> {
    const dueMs = (n / this.perSecond) * 1_000;
    const { url, check, ...options } = this.next(n);
    const lagMs = this.ageMs - dueMs;
    const seen = (answer: Pick<Answer, 'status' | 'headers'>, trouble?: string, isWrong = false): void => {
      this.outcomes.push({
        path: url.replace(/^http:\/\/[^/]*/, ''),
        dueMs,
        tookMs: this.ageMs - dueMs,
        endedAtMs: Date.now(),
        lagMs,
        status: answer.status,
        retryAfter: answer.headers['retry-after'],
        isComplete: answer.headers['page-complete'] === '?1',
        ...(trouble !== undefined && { trouble }),
        isWrong,
      });
    };
    try {
      const answer = await request(url, options);
      if (answer.status >= 300) return seen(answer, answer.body.slice(0, 300));
      const fault = check?.(answer);
      seen(answer, fault, fault !== undefined);
    } catch (error) {
      seen({ status: 0, headers: {} }, String(error));
    }
  }
}

function isFailed({ status }: Outcome): boolean {
  return status < 200 || status > 299;
}
