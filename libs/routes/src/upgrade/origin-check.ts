import type { IncomingMessage } from 'node:http';
import { ForbiddenException } from '@nestjs/common';

/**
 * A browser lets any page open a WebSocket anywhere, cookies included; that it says which page is all there is to go by. Who sends
 * no `Origin` is no browser, and brings nobody's cookies by accident.
 * @param origins  besides the app's own
 * @throws ForbiddenException  if a page of another origin asks
 */
export function checkOrigin({ headers }: IncomingMessage, origins: readonly string[]): void {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()) return;
  throw new ForbiddenException('The request comes from another origin.');
}
