import type { IncomingHttpHeaders } from 'node:http';
import { UnauthorizedException } from '@nestjs/common';
import { check, type InputIssue, InvalidInput, type RequestContext } from 'guichet/kernel';
import { deviceOf } from './device.js';
import type { InputNode } from './node.js';

/** What Fastify's and Express' requests have in common and inputs are read from. */
export interface PageRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Room 5: reads and checks a page's inputs.
 * @returns a new array of their values, in the order of `inputs`
 * @throws InvalidInput  with everything that is wrong, not just the first
 * @throws UnauthorizedException  if the page needs a principal and there is none
 */
export function readInputs(inputs: readonly InputNode[], request: PageRequest, context: RequestContext): unknown[] {
  const values: unknown[] = [];
  let issues: InputIssue[] | undefined;
  for (const input of inputs) {
    const { source, schema } = input;
    switch (source) {
      case 'principal':
        if (!context.principal && !input.optional) throw new UnauthorizedException();
        values.push(context.principal);
        break;
      case 'device':
        values.push(deviceOf(request.headers));
        break;
      case 'locale':
        values.push(context.locale);
        break;
      default: {
        const checked = check(schema!, request[source]);
        if (checked.ok) values.push(checked.value);
        else (issues ??= []).push(...checked.issues.map(issue => ({ in: source, ...issue })));
      }
    }
  }
  if (issues) throw new InvalidInput(issues);
  return values;
}
