import { request as httpRequest, Agent } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { type Bff, startBff } from '../support/bff.js';
import { startAllServices } from '../support/services.js';

/** Generated requests to each BFF; `LONG=1` for the full form, `SEED` to repeat one. */
const REQUESTS = process.env['LONG'] ? 50_000 : 5_000;
const SEED = Number(process.env['SEED'] ?? 20_260_101);
const AT_ONCE = 20;
/** Stands where secrets stand; no answer and no log may hold it. */
const PLANTED = 'pLaNtEd-SeCrEt-9f3b';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const word = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '1e400',
    'NaN',
    'null',
    '__proto__',
    '..',
    '%',
    '%00',
    '%2e%2e%2f',
    '\u202e',
    '😀',
    "'",
    '"',
    '<',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.integer().map(String),
);
/** As a client that encodes sends it, or one that does not; what no client library sends is for the raw sockets. */
const segment = fc.oneof(
  word.map(text => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))),
  fc.string({ unit: fc.constantFrom(...Array.from('abz019-._~!$&()*+,;=:@%2eF')), maxLength: 30 }),
);
const query = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom('query', 'page', 'id', 'returnUrl', 'code', 'state', 'token', 'slide'), segment),
      segment,
    ),
    {
      maxLength: 4,
    },
  )
  .map(pairs => (pairs.length === 0 ? '' : `?${pairs.map(pair => pair.join('=')).join('&')}`));

/** Every route of the apps, with something in place of what varies. */
const path = fc.oneof(
  segment.map(id => `/pages/films/${id}`),
  fc.constantFrom(
    '/pages/home',
    '/pages/search',
    '/pages/account',
    '/pages/orders',
    '/pages/watchlist',
    '/bff/login',
    '/bff/callback',
    '/bff/user',
    '/bff/logout',
    '/bff/backchannel',
    '/health/live',
    '/health/ready',
    '/openapi.json',
    '/docs',
    '/.well-known/jwks.json',
    '/',
    '/films/1',
  ),
  fc.array(segment, { maxLength: 4 }).map(parts => `/${parts.join('/')}`),
);

const printable = word.map(text => text.replace(/[^\x20-\x7e]/g, '').trim());
const headers = fc.dictionary(
  fc.constantFrom(
    'authorization', 'cookie', 'x-csrf', 'content-type', 'accept', 'accept-language', 'x-app-version', 'idempotency-key', 'traceparent',
    'tracestate', 'baggage', 'x-request-id', 'x-forwarded-for', 'forwarded', 'origin', 'sec-fetch-site', 'x-deadline-ms', 'x-previous-attempts',
    'if-none-match', 'range', 'user-agent', 'save-data',
  ), // prettier-ignore
  fc.oneof(
    printable,
    fc.constantFrom(
      `Bearer ${PLANTED}`,
      `Bearer a.${PLANTED}.c`,
      `guichet=${PLANTED}; guichet-login=${PLANTED}`,
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-7',
      '1',
      'http://evil.example',
    ),
  ),
  { maxKeys: 6 },
);
const body = fc.oneof(
  fc.constant(null),
  fc.json(),
  fc.json().map(text => text.slice(0, -1)),
  fc
    .record({ filmId: fc.oneof(fc.integer(), word), format: fc.oneof(fc.constantFrom('dvd', 'stream'), word) })
    .map(wish => JSON.stringify(wish)),
  fc.string({ maxLength: 200 }),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  path: fc.tuple(path, query).map(parts => parts.join('')),
  headers,
  body,
});

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function send(bff: Bff, { method, path: target, headers: said, body: content }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const hasBody = content !== null && method !== 'GET' && method !== 'HEAD';
    const outgoing = httpRequest(
      bff.url + target,
      {
        method,
        agent,
        headers: { ...said, ...(hasBody && { 'content-length': String(Buffer.byteLength(content)) }) },
      },
      answer => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, type: answer.headers['content-type'] ?? '', text }),
        );
        answer.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(hasBody ? content : undefined);
  });
}

/** @returns what is wrong with an answer, or undefined */
function complaint(request: Sent, { status, type, text }: Answer): string | undefined {
  if (status === 500) return 'is a bug: 500';
  if (/\n\s+at .+:\d+|node_modules/.test(text)) return 'shows a stack';
  if (text.includes(PLANTED)) return 'gives a secret back';
  if (/127\.0\.0\.1:\d+/.test(text)) return 'names a host behind it';
  if (status < 400) return undefined;
  if (!type.startsWith('application/problem+json')) return `is ${status} and no problem+json, but ${type}`;
  if (request.method === 'HEAD') return undefined;
  const problem = JSON.parse(text) as Record<string, unknown>;
  if (problem['status'] !== status) return 'has another status than its problem';
  if (typeof problem['type'] !== 'string' || typeof problem['title'] !== 'string') return 'is not RFC 9457';
  return undefined;
}

const corpus = readdirSync(join(__dirname, 'corpus')).flatMap(
  file => JSON.parse(readFileSync(join(__dirname, 'corpus', file), 'utf8')) as Sent[],
);

describe.each(['web', 'mobile'] as const)('the %s BFF', name => {
  let bff: Bff;

  beforeAll(async () => {
    const { upstreamsFile } = await startAllServices();
    bff = await startBff(name, { DISCOVERY: 'static', UPSTREAMS_FILE: upstreamsFile, MIN_APP_VERSION: '2.0' });
  });

  it(`answers ${REQUESTS} generated requests, and all that once went wrong, as it is documented`, async () => {
    const requests = [...corpus, ...fc.sample(sent, { numRuns: REQUESTS, seed: SEED })];
    const found: string[] = [];
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < requests.length && found.length < 5) {
        const request = requests[next++]!;
        const wrong = await send(bff, request).then(
          answer => complaint(request, answer),
          (error: Error) => `gets no answer: ${error.message}`,
        );
        // Put it into corpus/ once it is mended.
        if (wrong) found.push(`${wrong}: ${JSON.stringify(request)}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    expect(found).toEqual([]);

    const log = bff.program.stdout + bff.program.stderr;
    expect(log).not.toContain(PLANTED);
    expect(log).not.toMatch(/ERROR|unhandled/i);
    expect(bff.program.child.exitCode).toBeNull();
  }, 600_000);
});
