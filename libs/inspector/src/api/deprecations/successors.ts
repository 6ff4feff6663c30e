import type { PagePlan } from 'guichet/page';
import type { ServedRoute } from 'guichet/routes';

/** What to use instead. */
export interface SuccessorView {
  /** As it is declared: a path of the app's origin, or an http(s) address. */
  readonly reference: string;
  /** The page of this app that it is; undefined: it is none. */
  readonly page: string | undefined;
  /** The pass-through route of this app that it is; undefined: it is none. */
  readonly route: string | undefined;
}

interface Place {
  readonly methods: readonly string[];
  readonly page?: string;
  readonly route?: string;
}

/** Finds out which of an app's own pages and routes are the successors of others. */
export class Successors {
  private readonly places = new Map<string, Place[]>();

  constructor(plans: readonly PagePlan[], routes: readonly ServedRoute[]) {
    for (const { name, declaration } of plans)
      this.note(`/${declaration.path}`, { methods: [declaration.method], page: name });
    for (const { declared } of routes)
      this.note(declared.path.text, { methods: [declared.config.method].flat(), route: declared.name });
  }

  /**
   * @param methods  of what has this successor: where several have its path, one of the same method is meant
   */
  of(reference: string | undefined, methods: readonly string[]): SuccessorView | undefined {
    if (reference === undefined) return undefined;
    const found = this.places.get(formOf(reference)) ?? [];
    const place = found.find(one => one.methods.some(method => methods.includes(method))) ?? found[0];
    return { reference, page: place?.page, route: place?.route };
  }

  private note(path: string, place: Place): void {
    const form = formOf(path);
    this.places.set(form, [...(this.places.get(form) ?? []), place]);
  }
}

/** A path without what its parameters are called, its query and its fragment. */
function formOf(path: string): string {
  return path.replace(/[?#].*$/, '').replace(/(?<=\/):\w+/g, ':');
}
