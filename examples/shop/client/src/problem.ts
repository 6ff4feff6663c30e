/** What the store knows of an answer that failed: the members of RFC 9457 that it draws. */
export interface Problem {
  /** The HTTP status; 0 when no answer came at all. */
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly failures: readonly { readonly section: string; readonly code: string }[];
  /** Seconds after which the BFF asks to be tried again. */
  readonly retryAfterS: number | undefined;
}

/** The problem that an answer states; a plain one with the status where the body is no problem document. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = await objectOf(response);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    status: response.status,
    title: capitalised(textOf(body['title']) ?? 'This did not work'),
    detail: textOf(body['detail']),
    code: textOf(body['code']),
    requestId: textOf(body['requestId']) ?? response.headers.get('x-request-id') ?? undefined,
    failures: failuresOf(body['failures']),
    retryAfterS: Number.isFinite(retryAfter) ? retryAfter : undefined,
  };
}

/** The problem of a request to which no answer came: offline, refused, cut. */
export const UNREACHABLE: Problem = {
  status: 0,
  title: 'The store cannot be reached',
  detail: 'No answer came back. The connection may be down.',
  code: undefined,
  requestId: undefined,
  failures: [],
  retryAfterS: undefined,
};

async function objectOf(response: Response): Promise<Record<string, unknown>> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) return {};
  const body: unknown = await response.json().catch(() => ({}));
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** With its first letter large: an upstream's own title may not have it so. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function failuresOf(value: unknown): Problem['failures'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((failure: unknown) => {
    if (typeof failure !== 'object' || failure === null) return [];
    const { section, code } = failure as Record<string, unknown>;
    return typeof section === 'string' && typeof code === 'string' ? [{ section, code }] : [];
  });
}
