import type { Presence, Section } from './node.js';
import type { SectionStates } from './section-state.js';

type KeysOf<P, Pr extends Presence> = {
  [K in keyof P]: P[K] extends Section<unknown, infer X> ? (X extends Pr ? K : never) : never;
}[keyof P];
type ValueOf<S> = S extends Section<infer T> ? T : never;
type Flat<T> = { [K in keyof T]: T[K] };

/** What a page's `view` gets: the values of its public sections; those that may be omitted include `undefined`. */
export type SectionsOf<P> = Flat<
  { readonly [K in KeysOf<P, 'always'>]: ValueOf<P[K]> } & {
    readonly [K in KeysOf<P, 'sometimes'>]: ValueOf<P[K]> | undefined;
  }
>;

/** What a page answers with: what its `view` makes, else its public sections by name, those that may be omitted optional. */
export type PayloadOf<P> = P extends { view(...sections: never[]): infer V }
  ? V
  : Flat<{ [K in KeysOf<P, 'always'>]: ValueOf<P[K]> } & { [K in KeysOf<P, 'sometimes'>]?: ValueOf<P[K]> }>;

/** The whole answer, as a client reads it: the payload, and what is not fresh and whole in it. */
export type EnvelopeOf<P> = PayloadOf<P> & { readonly _sections?: SectionStates<KeysOf<P, Presence>> };

/** What a page class must not be: resolves to a text that says why, which no class can be assigned to; else to `unknown`. */
export type PageRefusal<P> = '_sections' extends keyof P
  ? 'a page cannot have a field named _sections: the envelope reserves the key'
  : 'view' extends keyof P
    ? P extends { view(sections: SectionsOf<P>): infer V }
      ? ViewRefusal<V>
      : 'view must be a method that takes SectionsOf<the page>'
    : unknown;

type ViewRefusal<V> = V extends readonly unknown[]
  ? 'view must return an object, not an array'
  : V extends object
    ? '_sections' extends keyof V
      ? 'view cannot return the key _sections: the envelope reserves it'
      : unknown
    : 'view must return an object';
