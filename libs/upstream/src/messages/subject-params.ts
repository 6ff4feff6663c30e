import type { PathValue } from '../path-params.js';

type ParamNames<S extends string> = S extends `${infer Head}.${infer Tail}`
  ? ParamNames<Head> | ParamNames<Tail>
  : S extends `:${infer Name}`
    ? Name
    : never;

/** The `params` option of a request: there and complete when the subject has parameters, absent when it has none. */
export type SubjectParams<S extends string> = [ParamNames<S>] extends [never]
  ? { readonly params?: never }
  : { readonly params: { readonly [Name in ParamNames<S>]: PathValue } };
