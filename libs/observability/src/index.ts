export { isAnswering } from './departure.js';
export { addressBlock, ClientAddress, type TrustedProxies } from './client-address.js';
export { LocaleMatcher } from './locale-matcher.js';
export { type AnyRequest, arrive, contextOf } from './request-context.js';
export { requestId } from './request-id.js';
export { type RequestContextOptions, useRequestContext } from './use-request-context.js';
export { ManagementModule } from './management.module.js';
export { type ManagementOptions, managementOptions, type ManagementOptionsInput } from './management-options.js';
export { type ManagementHandler, ManagementServer } from './management-server.js';
