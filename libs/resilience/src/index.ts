export { fullJitterBackoffMs } from './backoff.js';
