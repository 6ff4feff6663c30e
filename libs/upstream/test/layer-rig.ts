import type { Instance } from 'guichet/discovery';
import { RequestContext, TimerWheel } from 'guichet/kernel';
import { exampleRequest, ManualClock, ManualStep, RecordingSink } from 'guichet/testing';
import { Attempt } from '../src/attempt.js';
import { Endpoints } from '../src/endpoints.js';
import type { Layer, Step } from '../src/layer.js';
import { stackParts } from '../src/stack.js';
import type { StackParts } from '../src/stack-parts.js';
import type { CallHandle } from '../src/upstream-call.js';
import type { UpstreamEvents } from '../src/upstream-events.js';
import { type UpstreamOptions, upstreamOptionsSchema } from '../src/upstream-options.js';
import type { UpstreamRequest } from '../src/upstream-request.js';
import { cohortOptionsSchema } from '../src/subsets/cohort-options.js';
import { Cohorts } from '../src/subsets/cohorts.js';
import { Subsets } from '../src/subsets/subsets.js';
import { UpstreamSettings } from '../src/upstream-settings.js';

/** @returns an instance at a port of the loopback that nobody listens on, and that no test connects to */
export function exampleInstance(port: number, version?: string): Instance {
  const meta: Instance['meta'] = version === undefined ? {} : { version };
  return { id: `i${port}`, service: 'example', host: '127.0.0.1', port, weight: 1, tags: [], meta };
}

/** @returns endpoints of the given ports; nothing is connected */
export function endpointsOf(...ports: number[]): Endpoints {
  return endpointsAt(ports.map(port => exampleInstance(port)));
}

function endpointsAt(instances: readonly Instance[], subsets?: Subsets): Endpoints {
  const endpoints = new Endpoints(
    () => ({ close: async () => {}, destroy: async () => {} }),
    (_, error) => {
      throw error;
    },
    subsets,
  );
  endpoints.update({ service: 'example', instances, state: 'fresh', confirmedAt: 0 });
  return endpoints;
}

/** What a layer of a test is made from: all real, on a manual clock that begins at one second. */
export interface LayerParts extends StackParts {
  readonly clock: ManualClock;
  readonly wheel: TimerWheel;
  /** Changes options as they would be changed live. */
  set(options: UpstreamOptions): void;
}

export function layerParts(
  options: UpstreamOptions = {},
  {
    ports = [1, 2],
    versions = {} as Readonly<Record<number, string>>,
    events = undefined as UpstreamEvents | undefined,
    isTraced = false,
    random = (): number => 0.5,
  } = {},
): LayerParts {
  const clock = new ManualClock(1_000);
  const settings = new UpstreamSettings(upstreamOptionsSchema.parse(options));
  const wheel = new TimerWheel(clock);
  const shared = { clock, wheel, random, events, isTraced, freezesAll: false };
  const { subsets: declared } = settings.config;
  const subsets = Object.keys(declared).length > 0 ? new Subsets('example', declared) : undefined;
  const endpoints = endpointsAt(
    ports.map(port => exampleInstance(port, versions[port])),
    subsets,
  );
  const parts = stackParts(
    'example',
    shared,
    settings,
    endpoints,
    subsets && {
      subsets,
      cohorts: new Cohorts(cohortOptionsSchema.parse({}), random),
    },
  );
  return { ...parts, clock, wheel, set: changed => settings.change(upstreamOptionsSchema.parse(changed)) };
}

/** A call by somebody of its own, that ends `leftMs` after the first second. */
export function exampleCall(values: Partial<UpstreamRequest> = {}, leftMs = 5_000): UpstreamRequest {
  const request = new RequestContext('example-request', 0);
  return exampleRequest({ context: { request, deadlineAt: 1_000 + leftMs }, ...values });
}

/** One call that was let into a layer. */
export interface Entered {
  readonly request: UpstreamRequest;
  readonly attempt: Attempt;
  readonly outside: RecordingSink;
  readonly handle: CallHandle;
}

/** A layer around a step that the test ends by hand. */
export class LayerRig<L extends Layer> {
  readonly inside = new ManualStep();
  private readonly step: Step;

  constructor(
    readonly layer: L,
    readonly parts: LayerParts,
  ) {
    this.step = layer.wrap(this.inside);
  }

  enter(request: UpstreamRequest = exampleCall()): Entered {
    const attempt = new Attempt(request);
    attempt.calledAt = this.parts.clock.now();
    attempt.endpoint = this.parts.endpoints.list[0];
    const outside = new RecordingSink();
    const handle = this.step.start(attempt, outside);
    return { request, attempt, outside, handle };
  }

  /** The attempts that reached the inside, and how to end them. */
  get started(): ManualStep['started'] {
    return this.inside.started;
  }
}
