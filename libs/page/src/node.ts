import type { CallContext, Schema } from 'guichet/kernel';
import type { Observable } from 'rxjs';

declare const yields: unique symbol;

/** Whether a node always has a value when its dependants run: an optional section without a fallback only sometimes does. */
export type Presence = 'always' | 'sometimes';

/** A node of a page's graph: made by a field's initialiser, needed by other nodes. */
export interface PageNode<T, P extends Presence = Presence> {
  /** Types only: there is nothing there at run time. */
  readonly [yields]: [T, P];
}
/** A leaf: something of the request. Never part of the payload. */
export interface Input<T> extends PageNode<T, 'always'> {
  readonly kind: 'input';
}
/** A part of the payload, named by its field. */
export interface Section<T, P extends Presence = Presence> extends PageNode<T, P> {
  readonly kind: 'section';
}
/** A section that others need and the payload omits. */
export interface Internal<T, P extends Presence = Presence> extends PageNode<T, P> {
  readonly kind: 'internal';
}
/** A need that may be missing. */
export interface Maybe<T> extends PageNode<T | undefined, 'always'> {
  readonly kind: 'maybe';
}

/** What a `load` may return: a cold Observable (the first emission counts), a promise (cannot be cancelled) or the value itself. */
export type Loaded<T> = Observable<T> | PromiseLike<T> | T;

/** The last argument of every `load`: what a call made later (`client.in(ctx)`) inherits. */
export type LoadContext = CallContext;

/** The values of a list of needs, in order. */
export type Values<D extends readonly PageNode<unknown>[]> = {
  [K in keyof D]: D[K] extends PageNode<infer T> ? T : never;
};

/** Where an input is read from. */
export type InputSource = 'params' | 'query' | 'body' | 'headers' | 'principal' | 'device' | 'locale';

/** How an input is read; the run time's view of {@link Input}. */
export class InputNode {
  readonly kind = 'input';
  constructor(
    readonly source: InputSource,
    readonly schema: Schema<unknown> | undefined,
    /** Whether it may be absent. */
    readonly optional: boolean,
  ) {
    recorder?.push(this);
  }
}

/** How a section is loaded; the run time's view of {@link Section} and {@link Internal}. */
export class SectionNode {
  constructor(
    readonly kind: 'section' | 'internal',
    /** Whether the page fails when it fails. */
    readonly required: boolean,
    readonly needs: readonly AnyNode[],
    readonly load: (...values: readonly unknown[]) => unknown,
    /** The whole call with its retries, milliseconds; undefined: what is left of the page's budget. */
    readonly timeoutMs: number | undefined,
    /** What stands in when it fails; undefined: nothing does. */
    readonly fallback: { readonly value: unknown } | undefined,
  ) {
    recorder?.push(this);
  }
}

/** The run time's view of {@link Maybe}. */
export class MaybeNode {
  readonly kind = 'maybe';
  constructor(readonly node: AnyNode) {}
}

/** Any node, as the compiler sees it. */
export type AnyNode = InputNode | SectionNode | MaybeNode;

/** @returns whether a field of a page holds a node */
export function isNode(value: unknown): value is AnyNode {
  return value instanceof SectionNode || value instanceof InputNode || value instanceof MaybeNode;
}

/** @returns the section or input that a need stands for */
export function needed(need: AnyNode): SectionNode | InputNode | undefined {
  const node = need instanceof MaybeNode ? need.node : need;
  return node instanceof MaybeNode ? undefined : node;
}

let recorder: (InputNode | SectionNode)[] | undefined;

/** Makes a page and tells which nodes its fields made, those in `#private` fields included. */
export function recordNodes<T>(make: () => T): {
  readonly made: T;
  readonly nodes: readonly (InputNode | SectionNode)[];
} {
  const outer = recorder;
  const nodes: (InputNode | SectionNode)[] = (recorder = []);
  try {
    return { made: make(), nodes };
  } finally {
    recorder = outer;
  }
}
