/** @returns whether a `Content-Type` is JSON: `application/json` or any `application/…+json` */
export function isJson(contentType: string | undefined): boolean {
  // The common spellings first: the expression costs ten times as much.
  if (contentType === 'application/json' || contentType === 'application/json; charset=utf-8') return true;
  return contentType !== undefined && /^\s*application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i.test(contentType);
}

/** @returns whether a `Content-Encoding` leaves the body as it is */
export function isPlain(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding === '' || contentEncoding.toLowerCase() === 'identity';
}
