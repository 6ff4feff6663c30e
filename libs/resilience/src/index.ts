export { equalJitterBackoffMs, fullJitterBackoffMs } from './backoff.js';
