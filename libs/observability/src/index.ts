export { LocaleMatcher } from './locale-matcher.js';
export { type AnyRequest, arrive, contextOf } from './request-context.js';
export { type RequestContextOptions, useRequestContext } from './use-request-context.js';
