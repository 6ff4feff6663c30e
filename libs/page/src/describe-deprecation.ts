import { dayOf, type Deprecation } from 'guichet/kernel';

/** @returns the headers by which a page's answers tell of its end, as OpenAPI describes them; none where it has none */
export function deprecationHeaders(deprecation: Deprecation | undefined): Record<string, object> {
  if (deprecation === undefined) return {};
  const { since, sunset, successor, details } = deprecation;
  const text = { type: 'string' };
  return {
    Deprecation: { description: `Since ${dayOf(since)} (RFC 9745).`, schema: text },
    ...(sunset === undefined
      ? {}
      : { Sunset: { description: `It ends on ${dayOf(sunset)} (RFC 8594).`, schema: text } }),
    ...(successor === undefined && details === undefined
      ? {}
      : {
          Link: {
            description: `What to use instead, and where to read about it: ${successor ?? details}.`,
            schema: text,
          },
        }),
  };
}
