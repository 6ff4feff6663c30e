import type { Principal } from 'guichet/kernel';
import type { PayloadOf, SectionStates } from 'guichet/page';

/** One request of a page under test. */
export interface PageRequest {
  /** The path's parameters; each stays within its segment. */
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Who asks; null: nobody. Default: whom the harness was given. */
  readonly principal?: Principal | null;
  /** Aborting it is the client going away. */
  readonly signal?: AbortSignal;
}

/** What a page answered. */
export interface PageAnswer<P> {
  readonly status: number;
  /** The answer without `_sections`. Only where the page was served: look at `status` or `problem` first. */
  readonly payload: PayloadOf<P>;
  /** `_sections`: the sections that are not fresh and whole; empty when all are. */
  readonly sections: SectionStates;
  /** Whether no section is fallback or omitted: `Page-Complete`. Undefined where the page failed. */
  readonly complete: boolean | undefined;
  readonly headers: Headers;
  /** The problem details of a page that failed. */
  readonly problem: PageProblem | undefined;
}

/** Problem details (RFC 9457) as pages send them. */
export interface PageProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly failures?: readonly { readonly section: string; readonly code: string }[];
  readonly [member: string]: unknown;
}

/** @returns path and query of a request for a page: `/pages/films/7?size=s` */
export function pageUrl(path: string, { params = {}, query = {} }: PageRequest): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`the page's path needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat()) search.append(name, String(value));
  return `/${filled}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

/** Reads a response apart. */
export async function readAnswer<P>(response: Response): Promise<PageAnswer<P>> {
  const text = await response.text();
  const { _sections: sections = {}, ...rest } = (text === '' ? {} : JSON.parse(text)) as { _sections?: SectionStates };
  const complete = response.headers.get('page-complete');
  return {
    status: response.status,
    payload: rest as PayloadOf<P>,
    sections,
    complete: complete === null ? undefined : complete === '?1',
    headers: response.headers,
    problem: response.ok ? undefined : (rest as unknown as PageProblem),
  };
}
