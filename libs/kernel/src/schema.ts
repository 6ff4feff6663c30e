import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Any schema of a library that speaks Standard Schema (zod, valibot, arktype, …). Must validate synchronously. */
export type Schema<T> = StandardSchemaV1<unknown, T>;

/** The type a schema yields. */
export type Infer<S extends StandardSchemaV1> = StandardSchemaV1.InferOutput<S>;

/** What a schema says of a value. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly SchemaIssue[] };

/** One thing a schema has against a value. */
export interface SchemaIssue {
  /** The field, dotted (`items.0.id`); empty for the whole. */
  readonly path: string;
  /** In words. */
  readonly message: string;
}

/**
 * Checks a value and gives what the schema makes of it: unknown keys gone, defaults filled in.
 * @throws TypeError  if the schema validates asynchronously, or throws: zod then starts over asynchronously, so the two look alike
 */
export function check<T>(schema: Schema<T>, value: unknown): Checked<T> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    // Nobody waits for it: a rejection that is not handled would end the process.
    result.catch(() => {});
    throw new TypeError('a schema must validate synchronously: it has an async refinement, or one that throws');
  }
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, issues: result.issues.map(issue => ({ path: dotted(issue.path), message: issue.message })) };
}

function dotted(path: StandardSchemaV1.Issue['path']): string {
  return (path ?? []).map(key => String(typeof key === 'object' ? key.key : key)).join('.');
}
