import { HttpException } from '@nestjs/common';
import { type CallTrace, type RequestContext, UpstreamError } from 'guichet/kernel';

/** How an exchange ended: by the upstream's answer, to its end; by a problem instead; by the client leaving; or cut off amid the answer. */
export type ExchangeOutcome = 'answered' | 'failed' | 'departed' | 'cut';

/** What an exchange came to. Instants are milliseconds on the kernel's clock. Holds no value of anybody's: no address, header or body. */
export interface ExchangeEnd {
  /** The route's name. */
  readonly route: string;
  readonly method: string;
  readonly context: RequestContext;
  readonly outcome: ExchangeOutcome;
  /** The upstream's, 0 before there was any. */
  readonly status: number;
  /** Why it failed or was cut: an upstream's error code, `http-413`, `bug`; empty otherwise. */
  readonly code: string;
  readonly startedAt: number;
  /** When the answer's head was there; undefined: never. */
  readonly headAt: number | undefined;
  readonly endedAt: number;
  /** Whether it was one that may last: how long it took says nothing. */
  readonly isLasting: boolean;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** What was asked of the upstream, where somebody listens; undefined also where nothing was. */
  readonly call: CallTrace | undefined;
}

/** Told of an exchange when it is over, from within what ended it: must be quick and never throw. */
export type ExchangeListener = (end: ExchangeEnd) => void;

/** @returns why an exchange failed, out of a closed set */
export function exchangeCode(error: unknown): string {
  if (error === undefined) return '';
  if (error instanceof UpstreamError) return error.code;
  return error instanceof HttpException ? `http-${error.getStatus()}` : 'bug';
}
