import {
  BadRequestException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { InvalidInput, PageFailed, Shed, UpstreamError } from 'guichet/kernel';
import { explain } from './explain.js';

const base = { instance: 'urn:guichet:request:r-1', requestId: 'r-1' };

describe('explain', () => {
  it('says of what is turned away when to come back, and that it is nobody’s bug', () => {
    expect(explain(new Shed('FilmPage', 1_400), 'r-1', false)).toMatchObject({
      problem: { status: 503, code: 'shed', requestId: 'r-1' },
      retryAfterSeconds: 2,
      level: 'debug',
      isBug: false,
    });
  });

  it('takes the status of the first failed section and lists all', () => {
    const failed = new PageFailed('FilmPage', [
      {
        section: 'film',
        error: new UpstreamError('upstream-timeout', 'catalog', 'no answer of 10.0.0.7:80 in 300 ms'),
      },
      { section: 'price', error: new UpstreamError('no-instances', 'pricing', 'none') },
    ]);
    const { problem, ...rest } = explain(failed, 'r-1', false);
    expect(problem).toEqual({
      ...base,
      type: 'urn:guichet:problem:upstream-timeout',
      title: 'A service took too long to answer',
      status: 504,
      code: 'upstream-timeout',
      failures: [
        { section: 'film', code: 'upstream-timeout' },
        { section: 'price', code: 'no-instances' },
      ],
    });
    expect(rest).toEqual({ level: 'warn', isBug: false });
  });

  it.each([
    [undefined, 1],
    [0, 1],
    [1, 1],
    [2500, 3],
    [Number.MAX_SAFE_INTEGER, 86_400],
  ])('asks to wait where a service asks for %s ms', (retryAfterMs, seconds) => {
    const error = new UpstreamError('upstream-status', 'pricing', '429', { status: 429, retryAfterMs });
    const { problem, retryAfterSeconds } = explain(error, 'r-1', false);
    expect(problem.status).toBe(503);
    expect(retryAfterSeconds).toBe(seconds);
  });

  it("passes a command's refusal with its declared fields, and a read's without", () => {
    const error = new UpstreamError('upstream-status', 'orders', '409', {
      status: 409,
      body: { title: 'Sold out', internal: 'x' },
    });
    expect(explain(error, 'r-1', true).problem).toMatchObject({
      status: 409,
      title: 'Sold out',
      code: 'upstream-status',
    });
    const read = explain(error, 'r-1', false).problem;
    expect(read.status).toBe(502);
    expect(JSON.stringify(read)).not.toContain('Sold out');
    expect(JSON.stringify(explain(error, 'r-1', true))).not.toContain('internal');
  });

  it('lists what is wrong with an input', () => {
    const { problem } = explain(
      new InvalidInput([{ in: 'query', path: 'page', message: 'not a number' }]),
      'r-1',
      false,
    );
    expect(problem).toMatchObject({
      status: 400,
      code: 'invalid-input',
      errors: [{ in: 'query', path: 'page', message: 'not a number' }],
    });
  });

  it.each<[unknown, object]>([
    [new NotFoundException(), { status: 404, code: 'not-found', title: 'Not found' }],
    [new NotFoundException('Cannot GET /secret'), { status: 404, code: 'not-found', title: 'Not found' }],
    [
      new BadRequestException(['a is odd', 'b is even']),
      { status: 400, code: 'bad-request', title: 'The request cannot be understood', detail: 'a is odd; b is even' },
    ],
    [
      new HttpException('short and stout', 418),
      { status: 418, code: 'i-m-a-teapot', title: "I'm a Teapot", detail: 'short and stout' },
    ],
    [
      new HttpException('Unexpected token < in JSON', 400, { cause: new SyntaxError('Unexpected token <') }),
      { status: 400, code: 'bad-request', title: 'The request cannot be understood' },
    ],
    [
      new ServiceUnavailableException('redis at 10.0.0.9'),
      { status: 503, code: 'unavailable', title: 'This cannot be served now' },
    ],
    [
      new HttpException(
        { code: 'app-too-old', title: 'Update the app', minVersion: '2.0', statusCode: 1, type: 'x', status: 1 },
        426,
      ),
      { status: 426, code: 'app-too-old', title: 'Update the app', minVersion: '2.0' },
    ],
  ])('says of %s what may be said', (thrown, expected) => {
    const { problem, isBug } = explain(thrown, 'r-1', false);
    const { type, instance, requestId, ...said } = problem;
    expect(said).toEqual(expected);
    expect(type).toBe(`urn:guichet:problem:${problem.code}`);
    expect({ instance, requestId }).toEqual(base);
    expect(isBug).toBe(false);
  });

  it.each([
    new TypeError('x of undefined at /srv/app'),
    'a string',
    undefined,
    null,
    new InternalServerErrorException('at /srv'),
  ])('calls %s a bug and says nothing of it', thrown => {
    const explanation = explain(thrown, 'r-1', false);
    expect(explanation).toEqual({
      problem: {
        ...base,
        type: 'urn:guichet:problem:internal-error',
        title: 'Something is broken here',
        status: 500,
        code: 'internal-error',
      },
      level: 'error',
      isBug: true,
    });
  });

  it('says when to ask again where an exception knows', () => {
    const gone = Object.assign(new HttpException('limits cannot be checked', 503), { retryAfterSeconds: 2 });
    expect(explain(gone, 'r', false)).toMatchObject({ retryAfterSeconds: 2, problem: { status: 503 } });
    expect(explain(new HttpException('gone', 503), 'r', false).retryAfterSeconds).toBeUndefined();
  });
});
