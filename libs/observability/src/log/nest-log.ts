import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { currentContext } from 'guichet/kernel';
import type { Logger } from 'pino';
import { bounded } from './redact/redacted-copy.js';
import type { Redactor } from './redact/redactor.js';
import { readArguments } from './nest-arguments.js';
import { traceIdOf } from './trace-id.js';

/** What a line says by itself: a field of the same name gets an underscore. */
const OWN_FIELDS = new Set(['level', 'time', 'app', 'pid', 'context', 'msg']);

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * Nest's logger, written by pino: `new Logger('Cart').warn('it is full', { items: 9 })` becomes a line with `context`, `msg` and
 * `items`. Of errors the kind, words, stack and causes are written. What is said while a section's `load` runs synchronously
 * carries the request's id.
 */
export class NestLog implements LoggerService {
  constructor(
    private readonly pino: Logger,
    private readonly redactor: Redactor,
  ) {}

  fatal(message: unknown, ...more: unknown[]): void {
    this.write('fatal', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  log(message: unknown, ...more: unknown[]): void {
    this.write('info', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('trace', message, more);
  }

  private write(level: Level, message: unknown, more: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const { context, words, params, error, stack } = readArguments(message, more);
    const request = currentContext()?.request;
    const fields: Record<string, unknown> = { context };
    if (request !== undefined) {
      fields['requestId'] = request.requestId;
      fields['traceId'] = traceIdOf(request);
    }
    for (const [name, value] of Object.entries(this.redactor.copy(params) as object)) {
      fields[OWN_FIELDS.has(name) ? `_${name}` : name] = value;
    }
    if (error !== undefined) fields['err'] = this.redactor.copy(error);
    else if (stack !== undefined) fields['err'] = { type: 'Error', message: '', stack: bounded(stack) };
    const text = words.map(word => (typeof word === 'string' ? word : inspect(this.redactor.copy(word)))).join(' ');
    this.pino[level](fields, bounded(text || (error?.message ?? '')));
  }
}
