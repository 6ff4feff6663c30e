import type { ErrorCode } from '../error-code.js';

/** Why something of a page did not come out whole: a failed call's code, or one of what is no call's. */
export type TraceCode = ErrorCode | 'invalid-input' | 'retired' | 'bug';
