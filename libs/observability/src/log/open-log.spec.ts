import { Logger } from '@nestjs/common';
import { RequestContext, runInContext } from 'guichet/kernel';
import { ManualClock } from 'guichet/testing';
import { type LogOptionsInput, logOptions } from './log-options.js';
import { openLog } from './open-log.js';

const S = 'S3cretValue';

async function opened(options: LogOptionsInput = {}, environment: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = await openLog('shop', logOptions({ format: 'json', ...options }, environment), {
    environment,
    stream,
    clock: new ManualClock(5),
  });
  return { log, lines, said: () => lines.map(line => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log, through Nest’s own Logger', () => {
  afterEach(() => Logger.overrideLogger(new Logger()));

  it('writes a line with level, time, app, context and fields', async () => {
    const { log, lines, said } = await opened();
    Logger.overrideLogger(log.logger);
    new Logger('Cart').warn('it is full', { items: 9, level: 'mine' });
    expect(said()).toEqual([
      {
        level: 'warn',
        time: expect.any(Number) as number,
        app: 'shop',
        pid: process.pid,
        context: 'Cart',
        items: 9,
        _level: 'mine',
        msg: 'it is full',
      },
    ]);
    expect(lines[0]).toMatch(/\n$/);
  });

  it.each([
    ['verbose', 'trace'],
    ['debug', 'debug'],
    ['log', 'info'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['fatal', 'fatal'],
  ] as const)('writes %s as %s, or nothing below the level', async (method, level) => {
    const { log, said } = await opened({ level: 'trace' });
    log.logger[method]!('a', 'X');
    expect(said()).toMatchObject([{ level, context: 'X', msg: 'a' }]);
    const quiet = await opened({ level: 'silent' });
    quiet.log.logger[method]!('a', 'X');
    expect(quiet.lines).toEqual([]);
  });

  it('writes errors with kind, words, stack and causes', async () => {
    const { log, said } = await opened();
    Logger.overrideLogger(log.logger);
    const error = new TypeError('outer', { cause: Object.assign(new Error('inner'), { code: 'E1' }) });
    const logger = new Logger('X');
    logger.error(error);
    logger.error('it broke', error);
    logger.error('it broke', error.stack);
    logger.error({ err: error, n: 1 });
    expect(said()).toMatchObject([
      { msg: 'outer', err: { type: 'TypeError', cause: { message: 'inner', code: 'E1' } } },
      { msg: 'it broke', context: 'X', err: { message: 'outer' } },
      { msg: 'it broke', context: 'X', err: { stack: expect.stringContaining('open-log.spec') as string } },
      { n: 1, err: { stack: expect.stringContaining('open-log.spec') as string } },
    ]);
  });

  it('takes whatever else Nest’s loggers take', async () => {
    const { log, said } = await opened();
    Logger.overrideLogger(log.logger);
    const logger = new Logger('X');
    logger.log(() => 'lazy');
    logger.log(ManualClock);
    logger.log('one', 2, [3], 'two');
    logger.log(undefined);
    logger.log(null);
    Logger.log('static', 'Y');
    expect(said().map(({ context, msg }) => [context, msg])).toEqual([
      ['X', 'lazy'],
      ['X', 'ManualClock'],
      ['X', 'one 2 [ 3 ] two'],
      ['X', ''],
      ['X', 'null'],
      ['Y', 'static'],
    ]);
  });

  it('says whose request it is while a section’s load runs', async () => {
    const { log, said } = await opened();
    const request = new RequestContext('r1', 0, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);
    runInContext({ request, deadlineAt: 1 }, () => log.logger.log('within', 'X'));
    log.logger.log('after', 'X');
    log.logger.log('by hand', { requestId: 'r2' }, 'X');
    expect(said().map(({ requestId, traceId }) => [requestId, traceId])).toEqual([
      ['r1', 'a'.repeat(32)],
      [undefined, undefined],
      ['r2', undefined],
    ]);
  });

  it('bounds a line', async () => {
    const { log, lines } = await opened();
    log.logger.error(
      'x'.repeat(1_000_000),
      { y: 'y'.repeat(1_000_000) },
      `E\n    at a:1:1${'z'.repeat(1_000_000)}`,
      'X',
    );
    expect(lines[0]!.length).toBeLessThan(50_000);
  });
});

describe('secrets', () => {
  const environment = { PARTNER_TOKEN: 'configured-token' };

  it.each(['json', 'pretty'] as const)('stand in no line as %s', async format => {
    const { log, lines } = await opened({ format, secretNames: ['tax-id'] }, environment);
    log.logger.log({ headers: { cookie: S }, taxId: S }, 'X');
    log.logger.error(new Error(`Bearer ${S} and configured-token`), 'X');
    log.logger.log(`the body is ${JSON.stringify({ password: S })}`, 'X');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(new RegExp(`${S}|configured-token`));
    expect(lines.join('').match(/\[redacted\]/g)!.length).toBeGreaterThanOrEqual(4);
  });
});

describe('for people', () => {
  it('a line is text, with who says it before what', async () => {
    const { log, lines } = await opened({ format: 'pretty' });
    log.logger.log('it serves', 'Bff');
    expect(lines[0]).toMatch(/^\[[\d:.]+\] INFO: \[Bff\] it serves\n$/);
  });
});

describe('requests', () => {
  it('are logged unless that is switched off', async () => {
    expect((await opened()).log.requests).toBeDefined();
    expect((await opened({ isRequestLogged: false })).log.requests).toBeUndefined();
  });
});
