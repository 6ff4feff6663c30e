import type { IncomingMessage } from 'node:http';
import { BadRequestException, NotImplementedException, PayloadTooLargeException } from '@nestjs/common';

/**
 * Tells whether a request has a body, and refuses what cannot be handed on.
 * @returns its length in bytes, undefined where it ends when it ends; `none` where there is none
 * @throws HttpException  501 for a transfer coding beside chunked, 400 for a body where none has a meaning, 413 for too long a one
 */
export function contentOf({ headers, method }: IncomingMessage, maxBytes: number): number | undefined | 'none' {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  if (coding === undefined && (length === undefined || length === '0')) return 'none';
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new NotImplementedException('Of transfer codings only chunked is understood.');
  // Servers disagree about what such a body is: the beginning of the next request, to some.
  if (method === 'GET' || method === 'HEAD') throw new BadRequestException(`${method} has no body here.`);
  if (coding !== undefined) return undefined;
  const bytes = Number(length);
  if (bytes > maxBytes) throw new PayloadTooLargeException('The body is too large.');
  return bytes;
}
