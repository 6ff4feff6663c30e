import { ERROR_CODES } from 'guichet/kernel';
import { type JsonSchema, jsonSchemaOf, type JsonSchemaTarget } from './json-schema.js';
import { deprecationHeaders } from './describe-deprecation.js';
import type { PagePlan } from './plan.js';
import { SECTIONS_KEY } from './section-state.js';

/** An operation object of OpenAPI, as plain data. */
export type OpenApiOperation = Readonly<Record<string, unknown>>;

/** How operations are described. */
export interface DescribeOptions {
  /** The dialect of JSON Schema: OpenAPI 3.0's own, or that of 3.1. */
  readonly target?: JsonSchemaTarget;
  /** The schema of problem answers: `describeProblem()` of guichet/problem, or a reference to it. */
  readonly problem?: object;
}

/** Describes a page as an OpenAPI operation: parameters and body from its inputs' schemas, the answer from its shape. */
export function describePage(plan: PagePlan, options: DescribeOptions = {}): OpenApiOperation {
  const { target = 'openapi-3.0', problem = { type: 'object' } } = options;
  const { declaration, name } = plan;
  const requestBody = bodyOf(plan, target);
  return {
    operationId: name,
    ...(declaration.summary === undefined ? {} : { summary: declaration.summary }),
    ...(plan.deprecation === undefined ? {} : { deprecated: true }),
    tags: ['pages'],
    parameters: parametersOf(plan, target),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      [declaration.status ?? 200]: {
        description: 'The page, whole or degraded.',
        headers: {
          'Page-Complete': {
            description: '`?0` exactly when a section is fallback or omitted, else `?1` (RFC 9651 boolean).',
            schema: { type: 'string', enum: ['?0', '?1'] },
          },
          ...deprecationHeaders(plan.deprecation),
        },
        content: { 'application/json': { schema: envelopeOf(plan, target) } },
      },
      ...problems(plan, problem),
    },
  };
}

const PLACES = { params: 'path', query: 'query', headers: 'header' } as const;

function parametersOf({ declaration, inputs }: PagePlan, target: JsonSchemaTarget): object[] {
  const declared = inputs.flatMap(({ source, schema }) => {
    if (!schema || !(source in PLACES)) return [];
    const json = jsonSchemaOf(schema, 'input', target) ?? {};
    const required = (json['required'] as string[] | undefined) ?? [];
    return Object.entries((json['properties'] as Record<string, JsonSchema> | undefined) ?? {}).map(
      ([name, property]) => ({
        name,
        in: PLACES[source as keyof typeof PLACES],
        required: source === 'params' || required.includes(name),
        ...(typeof property['description'] === 'string' ? { description: property['description'] } : {}),
        schema: property,
      }),
    );
  });
  const undeclared = [...declaration.path.matchAll(/:(\w+)/g)]
    .filter(([, name]) => !declared.some(parameter => parameter.in === 'path' && parameter.name === name))
    .map(([, name]) => ({ name: name!, in: 'path', required: true, schema: { type: 'string' } }));
  return [...declared, ...undeclared];
}

function bodyOf({ inputs }: PagePlan, target: JsonSchemaTarget): object | undefined {
  const schema = inputs.find(input => input.source === 'body')?.schema;
  if (!schema) return undefined;
  return { required: true, content: { 'application/json': { schema: jsonSchemaOf(schema, 'input', target) ?? {} } } };
}

function envelopeOf({ declaration, sections, view }: PagePlan, target: JsonSchemaTarget): JsonSchema {
  const visible = sections.filter(section => !section.isInternal);
  const generic = view
    ? { type: 'object' }
    : {
        type: 'object',
        properties: Object.fromEntries(visible.map(({ name }) => [name, {}])),
        required: visible.filter(({ isRequired, fallback }) => isRequired || fallback).map(({ name }) => name),
      };
  const shape = declaration.shape && jsonSchemaOf(declaration.shape, 'output', target);
  const { additionalProperties: _, ...payload }: JsonSchema = shape ?? generic;
  const states = {
    type: 'object',
    description: 'The sections that are not fresh and whole, by name; absent when all are.',
    properties: Object.fromEntries(visible.map(({ name }) => [name, STATE])),
    additionalProperties: false,
  };
  return { ...payload, properties: { ...(payload['properties'] as object | undefined), [SECTIONS_KEY]: states } };
}

const STATE = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['stale', 'fallback', 'omitted'] },
    reason: { type: 'string', enum: ERROR_CODES },
    ageMs: { type: 'number', description: 'Milliseconds since it was fetched; with `stale` only.' },
  },
  required: ['state', 'reason'],
};

const MEANINGS = {
  400: 'An input does not fit its schema.',
  401: 'Nobody is signed in.',
  404: 'A required section found nothing.',
  410: 'It is retired.',
  500: 'A fault of the page.',
  502: 'An upstream of a required section failed.',
  503: 'An upstream of a required section cannot be asked now.',
  504: 'An upstream of a required section was too slow.',
};

function problems({ inputs, deprecation }: PagePlan, problem: object): Record<string, object> {
  const needsPrincipal = inputs.some(({ source, optional }) => source === 'principal' && !optional);
  const isLeftOut: Readonly<Record<string, boolean>> = {
    401: !needsPrincipal,
    410: deprecation?.afterSunset !== 'gone',
  };
  const described = Object.entries(MEANINGS).filter(([status]) => !isLeftOut[status]);
  return Object.fromEntries(
    described.map(([status, description]) => [
      status,
      { description, content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
}
