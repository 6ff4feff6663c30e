/** What of a client's request passes where a route does not say otherwise: what speaks of the content that is wanted or sent. */
export const REQUEST_HEADERS: readonly string[] = Object.freeze([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-digest',
  'content-encoding',
  'content-language',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'prefer',
  'range',
  'user-agent',
]);

/** What of an upstream's answer passes where a route does not say otherwise. */
export const RESPONSE_HEADERS: readonly string[] = Object.freeze([
  'accept-patch',
  'accept-ranges',
  'age',
  'allow',
  'cache-control',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'deprecation',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'preference-applied',
  'repr-digest',
  'retry-after',
  'sunset',
  'vary',
  'www-authenticate',
]);

/**
 * Headers that speak of one connection: never passed, nor is what `Connection` names.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What the gateway says of a request itself: a client's own word for it is never passed. */
export const OWN_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'authorization',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'max-forwards',
  'traceparent',
  'tracestate',
  'via',
  'x-csrf',
  'x-deadline-ms',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-previous-attempts',
  'x-request-id',
]);

/** What the gateway says of an answer itself, or what is passed by a declaration of its own. */
export const OWN_RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'content-length',
  'set-cookie',
  'set-cookie2',
  'x-request-id',
]);

/** What a trailer section may not hold: it would change how the message before it was to be read. */
export const NO_TRAILERS: ReadonlySet<string> = new Set([
  ...OWN_RESPONSE_HEADERS,
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'location',
  'vary',
  'www-authenticate',
]);

/** What a WebSocket's handshake needs besides. */
export const HANDSHAKE_REQUEST: readonly string[] = Object.freeze([
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
]);

/** The same of its answer. */
export const HANDSHAKE_RESPONSE: readonly string[] = Object.freeze([
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
]);
