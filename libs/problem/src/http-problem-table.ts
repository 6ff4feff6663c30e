import { STATUS_CODES } from 'node:http';

/** What a status means that the gateway itself gives, not an upstream. */
export interface HttpProblemKind {
  readonly code: string;
  readonly title: string;
}

const KINDS: Readonly<Record<number, HttpProblemKind>> = {
  400: { code: 'bad-request', title: 'The request cannot be understood' },
  401: { code: 'unauthenticated', title: 'Who asks is not known' },
  403: { code: 'forbidden', title: 'This may not be asked' },
  404: { code: 'not-found', title: 'Not found' },
  405: { code: 'method-not-allowed', title: 'This cannot be done here' },
  406: { code: 'not-acceptable', title: 'There is no answer of a kind that is accepted' },
  408: { code: 'request-timeout', title: 'The request took too long to arrive' },
  409: { code: 'conflict', title: 'The request conflicts with the state of things' },
  410: { code: 'gone', title: 'Gone' },
  413: { code: 'content-too-large', title: 'The request body is too large' },
  414: { code: 'uri-too-long', title: 'The address is too long' },
  415: { code: 'unsupported-media-type', title: 'The request body is of a kind that is not understood' },
  421: { code: 'misdirected-request', title: 'This host is not served here' },
  422: { code: 'unprocessable-content', title: 'The request cannot be processed' },
  426: { code: 'upgrade-required', title: 'A newer client is needed' },
  429: { code: 'too-many-requests', title: 'Too many requests' },
  431: { code: 'header-fields-too-large', title: 'The request headers are too large' },
  500: { code: 'internal-error', title: 'Something is broken here' },
  501: { code: 'not-implemented', title: 'This is not built' },
  502: { code: 'bad-gateway', title: 'A service failed' },
  503: { code: 'unavailable', title: 'This cannot be served now' },
  504: { code: 'gateway-timeout', title: 'A service took too long' },
};

/** @returns the code and the title of a status, made of its name where it is a rare one */
export function httpProblemKind(status: number): HttpProblemKind {
  const known = KINDS[status];
  if (known !== undefined) return known;
  const title = STATUS_CODES[status] ?? `Status ${status}`;
  return { code: title.toLowerCase().replace(/[^a-z0-9]+/g, '-'), title };
}
