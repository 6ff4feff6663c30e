import type { Deprecation } from 'guichet/kernel';
import type { LoadContext, InputNode } from './node.js';
import type { PageDeclaration } from './page.decorator.js';

/**
 * A page compiled: its graph in arrays, made once at boot, shared by its requests and never changed. Where settings change while the app
 * runs, another plan takes its place: see `live/with-settings.ts`.
 */
export interface PagePlan {
  /** The class's name. */
  readonly name: string;
  readonly declaration: PageDeclaration;
  /** That its time is over; undefined: it is not. */
  readonly deprecation: Deprecation | undefined;
  /** Fill the value slots 0 to n - 1. */
  readonly inputs: readonly InputNode[];
  /** In the order the page declares them; section i fills the value slot `inputs.length + i`. */
  readonly sections: readonly SectionPlan[];
  /** The sections that need inputs only: they start at once. */
  readonly roots: readonly number[];
  /** The sections that an operator has switched off, of all levels; dependants before their needs, so that each is told its own reason. */
  readonly switchedOff: readonly number[];
  /** The longest chain of sections by declared timeouts, then by length: names in order. */
  readonly criticalPath: readonly string[];
  /** The page's `view`, bound; undefined: the sections are the payload. */
  readonly view: ((sections: Readonly<Record<string, unknown>>) => unknown) | undefined;
}

/** One section of a plan. */
export interface SectionPlan {
  /** The field's name. */
  readonly name: string;
  /** Its place in {@link PagePlan.sections}. */
  readonly index: number;
  /** Where its value goes. */
  readonly slot: number;
  readonly isRequired: boolean;
  readonly isInternal: boolean;
  /** Not, while an operator has switched it off: then it is never run. */
  readonly isOn: boolean;
  /** How many other sections it waits for; one that stands twice in its needs counts twice. */
  readonly waitsFor: number;
  /** 0 for a section that needs inputs only, else one more than the highest of its needs. */
  readonly level: number;
  /** The sections it waits for, by name. */
  readonly needs: readonly string[];
  /** The sections that wait for it; as often as it stands in their needs. */
  readonly dependants: readonly Dependant[];
  readonly timeoutMs: number | undefined;
  readonly fallback: { readonly value: unknown } | undefined;
  /** Calls its `load` with its needs' values, taken from the page's slots. */
  readonly invoke: (values: readonly unknown[], context: LoadContext) => unknown;
}

/** An edge of the graph, seen from the need. */
export interface Dependant {
  /** Its place in {@link PagePlan.sections}. */
  readonly index: number;
  /** Whether it runs although this need is omitted: the need is written `maybe(…)`. */
  readonly isTolerant: boolean;
}
