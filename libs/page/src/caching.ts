import { createHash } from 'node:crypto';
import { DEVICE_HEADERS } from './device.js';
import type { PagePlan } from './plan.js';
import { propertyNames } from './json-schema.js';

/** The strong `ETag` of a body; 27 characters are all of SHA-1. */
export function etagOf(body: string): string {
  return `"${createHash('sha1').update(body).digest('base64url')}"`;
}

/** @returns whether an `If-None-Match` header names the tag (RFC 9110 §13.1.2, weak comparison) */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some(tag => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** The request headers a page's answer depends on, as `Vary` lists them; undefined: none. */
export function varyOf(plan: PagePlan): string | undefined {
  const names = plan.inputs.flatMap(({ source, schema }): readonly string[] => {
    if (source === 'principal') return ['Authorization', 'Cookie'];
    if (source === 'locale') return ['Accept-Language'];
    if (source === 'device') return DEVICE_HEADERS;
    // A schema that does not tell its properties may read any header.
    return source === 'headers' ? (propertyNames(schema!) ?? ['*']) : [];
  });
  return names.length > 0 ? [...new Set(names)].join(', ') : undefined;
}
