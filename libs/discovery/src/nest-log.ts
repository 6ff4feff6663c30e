import { Logger } from '@nestjs/common';
import type { DiscoveryLog } from './log.js';

/** What discovery has to say, through Nest's logger. */
export function nestLog(context: string): DiscoveryLog {
  const logger = new Logger(context);
  return { info: message => logger.log(message), warn: message => logger.warn(message) };
}
