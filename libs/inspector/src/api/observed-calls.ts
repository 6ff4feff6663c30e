import type { Execution } from '../executions/execution.js';

/** What a section asks of an upstream, as executions have shown it. */
export interface ObservedCall {
  readonly upstream: string;
  /** Method and path template. */
  readonly call: string;
}

/** Different calls of one section that are told. */
const MAX_CALLS = 8;

/** What sections were seen to ask: code is the only place where that is written, so it is learnt from executions. */
export class ObservedCalls {
  private readonly bySection = new Map<string, Map<string, ObservedCall>>();

  constructor(executions: readonly Execution[]) {
    for (const { trace } of executions) {
      for (const { name, calls } of trace.sections) {
        for (const { upstream, method, template } of calls)
          this.note(trace.plan.name, name, upstream, method, template);
      }
    }
  }

  /** @returns the different calls of a section, at most eight; empty where none was seen */
  of(page: string, section: string): readonly ObservedCall[] {
    return [...(this.bySection.get(`${page}.${section}`)?.values() ?? [])];
  }

  private note(page: string, section: string, upstream: string, method: string, template: string): void {
    const key = `${page}.${section}`;
    let known = this.bySection.get(key);
    if (known === undefined) this.bySection.set(key, (known = new Map()));
    const call = `${method} ${template}`;
    if (known.size < MAX_CALLS) known.set(`${upstream} ${call}`, { upstream, call });
  }
}
