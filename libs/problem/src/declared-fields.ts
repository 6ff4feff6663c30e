/** One thing that an upstream has against what the client sent. */
export interface RefusedField {
  /** Which field: a dotted path or a JSON pointer, as the upstream writes it. */
  readonly path: string;
  readonly message: string;
}

/** What of an upstream's refusal may reach the client. */
export interface DeclaredFields {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly RefusedField[];
}

const MAX_TITLE_LENGTH = 200;
const MAX_TEXT_LENGTH = 500;
const MAX_ERRORS = 50;

/**
 * Takes from the body of an upstream's 400, 409 or 422 the members that RFC 9457 gives to people (`title`, `detail`)
 * and the list of faulty fields (`errors`); everything else of it stays here.
 * @param body  the upstream's body, parsed; of any shape
 */
export function declaredFields(body: unknown): DeclaredFields {
  if (typeof body !== 'object' || body === null) return {};
  const { title, detail, errors } = body as Record<string, unknown>;
  const listed = Array.isArray(errors) ? errors.slice(0, MAX_ERRORS).map(refusedField).filter(isPresent) : [];
  return {
    ...(isText(title) && { title: title.slice(0, MAX_TITLE_LENGTH) }),
    ...(isText(detail) && { detail: detail.slice(0, MAX_TEXT_LENGTH) }),
    ...(listed.length > 0 && { errors: listed }),
  };
}

function refusedField(entry: unknown): RefusedField | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { path, pointer, message, detail } = entry as Record<string, unknown>;
  const where = isText(path) ? path : isText(pointer) ? pointer : '';
  const what = isText(message) ? message : isText(detail) ? detail : undefined;
  if (what === undefined) return undefined;
  return { path: where.slice(0, MAX_TITLE_LENGTH), message: what.slice(0, MAX_TEXT_LENGTH) };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
