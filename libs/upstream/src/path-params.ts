/** What may stand for a `:name` segment. */
export type PathValue = string | number;

type ParamNames<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? ParamNames<Head> | ParamNames<Tail>
  : P extends `:${infer Name}`
    ? Name
    : never;

/** The parameters a path template needs: `'/products/:id/reviews'` gives `{ id: string | number }`. */
export type PathParams<P extends string> = { readonly [Name in ParamNames<P>]: PathValue };

/** The `params` option of a call: there and complete when the template has parameters, absent when it has none. */
export type ParamsOption<P extends string> = [ParamNames<P>] extends [never]
  ? { readonly params?: never }
  : { readonly params: PathParams<P> };

/**
 * A path template that is a string literal. A string put together at run time is refused by the compiler: what varies
 * belongs in `params` and `query`, where it is encoded.
 */
// A Record over a literal has required keys; over `string` or a pattern it is an index signature, which an empty record fits.
export type LiteralPath<P extends string> = Record<never, 1> extends Record<P, 1> ? never : P;

/** A path template without parameters. */
export type PathWithoutParams<P extends string> = [ParamNames<P>] extends [never] ? LiteralPath<P> : never;
