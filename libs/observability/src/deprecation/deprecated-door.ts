import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { type Clock, dayOf, type Deprecation, isRetired, type RequestContext, Retired } from 'guichet/kernel';
import type { Metrics } from '../metrics/metrics.js';
import { deprecatedClient } from './deprecated-client.js';
import { DeprecatedRequests, type DeprecatedUse } from './deprecated-requests.js';
import { DeprecationHeaders, type OpenAnswer } from './deprecation-headers.js';
import { linkTarget, type ParameterValue } from './link-target.js';

const log = new Logger('Deprecation');

/** What requests pass on their way to a page or route that is deprecated: clients are told, who still comes is counted. */
export class DeprecatedDoor {
  private readonly headers: DeprecationHeaders;
  private readonly target: ((valueOf: ParameterValue) => string | undefined) | undefined;
  private readonly use: DeprecatedUse | undefined;

  /**
   * Says so in the log where its time is over.
   * @param name  the page's or route's: `GET /pages/films/:id`
   */
  constructor(
    private readonly name: string,
    private readonly deprecation: Deprecation,
    private readonly clock: Clock,
    metrics: Metrics | undefined,
  ) {
    this.headers = new DeprecationHeaders(deprecation);
    this.target = deprecation.successor === undefined ? undefined : linkTarget(deprecation.successor);
    this.use = metrics && DeprecatedRequests.of(metrics).of(name);
    const { sunset, afterSunset } = deprecation;
    if (!isRetired(deprecation, clock.epochMs())) return;
    const now = afterSunset === 'gone' ? 'it is answered with 410' : 'it is still served';
    log.warn(`${name} ended on ${dayOf(sunset!)}: ${now}`);
  }

  /**
   * Counts a request and puts the headers on its answer, whatever that will be.
   * @param valueOf  gives the values of the path's parameters
   * @returns what to answer instead; undefined: it is served
   */
  enter(
    context: RequestContext,
    request: IncomingMessage,
    answer: OpenAnswer,
    valueOf: ParameterValue,
  ): Retired | undefined {
    this.use?.count(deprecatedClient(context, request));
    const successor = this.target?.(valueOf);
    this.headers.put(answer, successor);
    const { deprecation, clock } = this;
    if (deprecation.afterSunset === 'serve' || !isRetired(deprecation, clock.epochMs())) return undefined;
    return new Retired(this.name, successor);
  }
}
