import {
  type AnyNode,
  type Internal,
  type Loaded,
  type LoadContext,
  type Maybe,
  MaybeNode,
  type PageNode,
  type Section,
  SectionNode,
  type Values,
} from './node.js';

/** Options every section takes. */
export interface SectionOptions {
  /** The whole call with its retries, milliseconds, > 0. Without it: what is left of the page's budget. */
  readonly timeoutMs?: number;
}

/** Options of a section that has something to stand in for it. */
export interface FallbackOptions<F> extends SectionOptions {
  /** What stands in when the section fails; frozen at boot, for all requests share it. */
  readonly fallback: F;
}

type Always = readonly PageNode<unknown, 'always'>[];
type Any = readonly PageNode<unknown>[];
type Load<D extends Any, T> = (...args: [...Values<D>, LoadContext]) => Loaded<T>;

/**
 * A section without which the page fails.
 * @param needs  the nodes whose values `load` gets; it runs the moment the last one is there
 * @param load   while it runs synchronously the page's context is current, so calls made in it inherit deadline and identity
 */
export function required<const D extends Always, T>(
  needs: D,
  load: Load<D, T>,
  options: SectionOptions = {},
): Section<T, 'always'> {
  return section('section', true, needs, load, options);
}

/**
 * A section without which the page is still served: with `fallback` in its place, else without it.
 * When a need is omitted it is not run at all, unless that need is written `maybe(…)`.
 */
export function optional<const D extends Any, T, F>(
  needs: D,
  load: Load<D, T>,
  options: FallbackOptions<F>,
): Section<T | F, 'always'>;
export function optional<const D extends Any, T>(
  needs: D,
  load: Load<D, T>,
  options?: SectionOptions,
): Section<T, 'sometimes'>;
export function optional(
  needs: Any,
  load: Load<Any, unknown>,
  options: Partial<FallbackOptions<unknown>> = {},
): Section<unknown> {
  return section('section', false, needs, load, options);
}

/**
 * A section that others need and the payload omits. The page fails when it fails, unless it has a `fallback` or is `optional`.
 */
export function internal<const D extends Any, T, F>(
  needs: D,
  load: Load<D, T>,
  options: FallbackOptions<F>,
): Internal<T | F, 'always'>;
export function internal<const D extends Any, T>(
  needs: D,
  load: Load<D, T>,
  options: SectionOptions & { readonly optional: true },
): Internal<T, 'sometimes'>;
export function internal<const D extends Always, T>(
  needs: D,
  load: Load<D, T>,
  options?: SectionOptions,
): Internal<T, 'always'>;
export function internal(
  needs: Any,
  load: Load<Any, unknown>,
  options: Partial<FallbackOptions<unknown>> & { readonly optional?: true } = {},
): Internal<unknown> {
  return section('internal', !('fallback' in options) && options.optional !== true, needs, load, options);
}

/** Writes a need that may be missing: when the section is omitted, `load` runs all the same and gets `undefined`. */
export function maybe<T>(node: Section<T, 'sometimes'> | Internal<T, 'sometimes'>): Maybe<T> {
  return new MaybeNode(node as unknown as AnyNode) as unknown as Maybe<T>;
}

function section<N>(
  kind: 'section' | 'internal',
  isRequired: boolean,
  needs: Any,
  load: unknown,
  options: Partial<FallbackOptions<unknown>>,
): N {
  const fallback = 'fallback' in options ? { value: options.fallback } : undefined;
  return new SectionNode(
    kind,
    isRequired,
    needs as unknown as readonly AnyNode[],
    load as SectionNode['load'],
    options.timeoutMs,
    fallback,
  ) as unknown as N;
}
