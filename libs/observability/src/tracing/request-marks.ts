import type { IncomingMessage } from 'node:http';
import type { TraceContext } from '../trace-context.js';
import type { PageTracePermission } from './page-trace-permission.js';
import { SampledRequest } from './sampled-request.js';
import type { Sampler } from './sampler.js';

/** Probes ask every second and say nothing. */
const HEALTH = '/health/';

/** Decides in room 1 which requests' traces are recorded, and which are shown to who asks. */
export class RequestMarks {
  /**
   * @param sampler     undefined: no trace is recorded
   * @param permission  undefined: none is shown
   */
  constructor(
    private readonly sampler: Sampler | undefined,
    private readonly permission: PageTracePermission | undefined,
  ) {}

  /** @returns the spans a request is known by, or undefined where its trace is not recorded */
  sample(trace: TraceContext, { url }: IncomingMessage): SampledRequest | undefined {
    return this.sampler !== undefined && this.sampler(trace) && !url!.startsWith(HEALTH)
      ? new SampledRequest(trace)
      : undefined;
  }

  /** @returns whether who asks wants to be told what happened, and may be */
  wantsTrace(request: IncomingMessage): boolean {
    return this.permission !== undefined && this.permission.isGrantedTo(request);
  }
}
