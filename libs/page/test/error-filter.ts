import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { InvalidInput, PageFailed } from 'guichet/kernel';

/** What the test filter says of an error. */
export interface ToldError {
  readonly name: string;
  readonly message: string;
  readonly issues?: unknown;
  readonly failures?: unknown;
}

/** Stands in for the problem filter, which is in the same layer: tells in JSON what reached it. */
@Catch()
export class ErrorFilter implements ExceptionFilter<Error> {
  catch(error: Error, host: ArgumentsHost): void {
    const reply = host
      .switchToHttp()
      .getResponse<{ raw?: ServerResponse; send(body: ToldError): void; status(code: number): unknown }>();
    const told: ToldError = {
      name: error.constructor.name,
      message: error.message,
      ...(error instanceof InvalidInput ? { issues: error.issues } : {}),
      ...(error instanceof PageFailed
        ? { failures: error.failures.map(failure => ({ section: failure.section, code: failure.error.code })) }
        : {}),
    };
    reply.status(error instanceof HttpException ? error.getStatus() : error instanceof InvalidInput ? 400 : 500);
    reply.send(told);
  }
}
