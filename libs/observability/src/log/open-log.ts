import type { LoggerService } from '@nestjs/common';
import { type Clock, systemClock } from 'guichet/kernel';
import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import type { RequestListener } from '../request-listeners.js';
import { AccessLog } from './access-log.js';
import { LineWriter } from './line-writer.js';
import type { LogOptions } from './log-options.js';
import { NestLog } from './nest-log.js';
import { prettyPrinter } from './pretty.js';
import { Redactor } from './redact/redactor.js';

/** An app's log. */
export interface Log {
  /** For `NestFactory.create` and everybody's `new Logger(…)`. */
  readonly logger: LoggerService;
  /** Writes a line for every request; undefined where requests are not logged. */
  readonly requests: RequestListener | undefined;
  /** Resolves once everything is written, or cannot be. */
  drained(): Promise<void>;
}

/** Where a log goes, and whence its time. */
export interface LogSurroundings {
  /** Whose secrets are known by their values. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Instead of standard output. Gets one line at a time, redacted, in the format that the options name. */
  readonly stream?: DestinationStream;
  readonly clock?: Clock;
}

const STDOUT = 1;

/** One for all logs of a process. */
let standardOutput: LineWriter | undefined;

/**
 * Opens an app's log on standard output: JSON in batches, or text for people at once. No line holds a secret that can be told by
 * its name, its look, or because it was configured.
 * @param app  what every line is marked with
 */
export async function openLog(app: string, options: LogOptions, surroundings: LogSurroundings = {}): Promise<Log> {
  const { environment = process.env, stream, clock = systemClock } = surroundings;
  const redactor = new Redactor(environment, options.secretNames);
  const writer = stream === undefined && options.format === 'json' ? lineWriter() : undefined;
  const sink = stream ?? writer ?? process.stdout;
  const shared: LoggerOptions = {
    level: options.level,
    base: { app, pid: process.pid },
    timestamp: () => `,"time":${clock.epochMs()}`,
    formatters: { level: level => ({ level }) },
    // Errors are copied already, without what hangs on them.
    serializers: { err: (error: unknown) => error },
  };
  const destination = options.format === 'json' ? sink : await prettySink(sink, environment);
  const log = pino({ ...shared, hooks: { streamWrite: line => redactor.line(line) } }, destination);
  return {
    logger: new NestLog(log, redactor),
    requests: options.isRequestLogged
      ? new AccessLog(pino(shared, destination), redactor, options.slowPageRatio)
      : undefined,
    drained: () => writer?.drained() ?? Promise.resolve(),
  };
}

function lineWriter(): LineWriter {
  if (standardOutput === undefined) {
    const writer = new LineWriter(STDOUT, lines => {
      writer.write(`${JSON.stringify({ level: 'warn', context: 'Log', dropped: lines, msg: 'lines were lost' })}\n`);
    });
    process.once('exit', () => writer.flushSync());
    standardOutput = writer;
  }
  return standardOutput;
}

async function prettySink(sink: DestinationStream, environment: NodeJS.ProcessEnv): Promise<DestinationStream> {
  const pretty = await prettyPrinter(process.stdout.isTTY && !environment['NO_COLOR']);
  return { write: line => sink.write(pretty(line)) };
}
