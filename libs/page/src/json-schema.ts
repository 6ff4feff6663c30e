import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { Schema } from 'guichet/kernel';

/** A JSON Schema, as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The dialects of OpenAPI 3.0 and 3.1. */
export type JsonSchemaTarget = 'openapi-3.0' | 'draft-2020-12';

/**
 * A schema as JSON Schema, where its library speaks Standard JSON Schema (zod from 4.2, …) and the schema can be put so.
 * @param side  `input`: what is accepted; `output`: what is made of it
 */
export function jsonSchemaOf(
  schema: Schema<unknown>,
  side: 'input' | 'output',
  target: JsonSchemaTarget = 'openapi-3.0',
): JsonSchema | undefined {
  const { jsonSchema } = schema['~standard'] as Partial<StandardJSONSchemaV1.Props>;
  if (!jsonSchema) return undefined;
  try {
    const { $schema: _, ...json } = jsonSchema[side]({ target, libraryOptions: { unrepresentable: 'any' } });
    return json;
  } catch {
    return undefined;
  }
}

/** @returns the properties an object schema accepts, or undefined where it does not tell */
export function propertyNames(schema: Schema<unknown>): readonly string[] | undefined {
  const properties = jsonSchemaOf(schema, 'input')?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : undefined;
}
