import { Logger } from '@nestjs/common';
import {
  BootError,
  type BootProblems,
  type CallContext,
  type CallDeprecation,
  callDeprecationSchema,
  type Clock,
  dayOf,
  isRetired,
  readOptions,
} from 'guichet/kernel';
import type { CounterFamily, Metrics } from 'guichet/observability';
import { declarationOf, type UpstreamClass } from '../upstream.decorator.js';
import { type DeclaredDeprecations, declaredDeprecations, WHOLE } from './declared-deprecations.js';
import { DeprecatedCall } from './deprecated-call.js';

const log = new Logger('Deprecation');
/** Calls by routes: closed sets both, but for templates that code makes up as it runs. */
const MAX_SERIES = 5_000;
const NO_ROUTE = 'none';

const families = new WeakMap<Metrics, CounterFamily>();

/** The calls of an app that are deprecated: said at boot, counted by who uses them, and logged once for each who does. */
export class DeprecatedCalls {
  private readonly methods = new Map<object, ReadonlyMap<string, DeprecatedCall>>();
  private readonly upstreams = new Map<string, DeprecatedCall>();
  private readonly family: CounterFamily | undefined;
  private users = 0;

  /** @param problems  gets what is wrong with the declarations */
  constructor(
    clients: readonly UpstreamClass[],
    problems: BootProblems,
    private readonly clock: Clock,
    metrics: Metrics | undefined,
  ) {
    this.family = metrics && familyOf(metrics);
    for (const client of clients) {
      const name = declarationOf(client)?.name;
      const declared = checked(client.name, declaredDeprecations(client), problems);
      if (name === undefined || declared.size === 0) continue;
      const methods = new Map<string, DeprecatedCall>();
      for (const [call, deprecation] of declared) {
        if (call === WHOLE) this.upstreams.set(name, new DeprecatedCall(name, client.name, undefined, deprecation));
        else methods.set(call, new DeprecatedCall(name, client.name, call, deprecation));
        log.warn(`${call === WHOLE ? `upstream ${name}` : `${client.name}.${call}`} ${this.told(deprecation)}`);
      }
      this.methods.set(client, methods);
    }
  }

  /** All that is deprecated: whole upstreams, then calls, each in the order of the clients. */
  get all(): readonly DeprecatedCall[] {
    return [...this.upstreams.values(), ...[...this.methods.values()].flatMap(methods => [...methods.values()])];
  }

  /** Whether the whole upstream is. */
  includes(upstream: string): boolean {
    return this.upstreams.has(upstream);
  }

  /** A client's method was called that is deprecated. */
  useOfMethod(client: { readonly name: string }, method: string, context: CallContext | undefined): void {
    const deprecated = this.methods.get(client)?.get(method);
    if (deprecated) this.count(deprecated, `${client.name}.${method}`, context);
  }

  /** A call of an upstream was made that is deprecated as a whole. */
  useOfUpstream(upstream: string, method: string, template: string, context: CallContext): void {
    const deprecated = this.upstreams.get(upstream);
    if (deprecated) this.count(deprecated, `${method} ${template}`, context);
  }

  private count(deprecated: DeprecatedCall, call: string, context: CallContext | undefined): void {
    const route = context?.request.route ?? NO_ROUTE;
    if (deprecated.count(call, route, context) || this.users >= MAX_SERIES) return;
    const { upstream, deprecation } = deprecated;
    this.users++;
    deprecated.meet(call, route, this.family?.child(upstream, call, route));
    log.warn(`${route} uses ${call} of ${upstream}, which ${this.told(deprecation)}`);
    deprecated.count(call, route, context);
  }

  private told(deprecation: CallDeprecation): string {
    const { since, sunset, successor } = deprecation;
    const instead = successor === undefined ? '' : `; instead: ${successor}`;
    if (isRetired(deprecation, this.clock.epochMs()))
      return `is retired${sunset === undefined ? '' : `, its end was ${dayOf(sunset)}`}${instead}`;
    return `is deprecated since ${dayOf(since)}${sunset === undefined ? '' : `, ends on ${dayOf(sunset)}`}${instead}`;
  }
}

function checked(
  client: string,
  declared: DeclaredDeprecations,
  problems: BootProblems,
): Map<string | typeof WHOLE, CallDeprecation> {
  const sound = new Map<string | typeof WHOLE, CallDeprecation>();
  for (const [call, options] of declared) {
    const where = call === WHOLE ? client : `${client}.${call}`;
    try {
      sound.set(call, readOptions(`@Deprecated of ${where}`, callDeprecationSchema, options));
    } catch (error) {
      if (!(error instanceof BootError)) throw error;
      problems.add(...error.problems);
    }
  }
  return sound;
}

function familyOf(metrics: Metrics): CounterFamily {
  const known = families.get(metrics);
  if (known) return known;
  const family = metrics.counter({
    name: 'guichet_deprecated_calls_total',
    help: 'Calls of upstreams that are deprecated, by the route whose page made them',
    labels: ['upstream', 'call', 'route'],
    maxSeries: MAX_SERIES,
  });
  families.set(metrics, family);
  return family;
}
