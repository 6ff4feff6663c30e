import { type Bff, startBff } from './support/bff.js';
import { sendRaw } from './support/http.js';
import {
  type AllServices,
  heal,
  type RecordedRequest,
  requestsOf,
  serviceNames,
  startAllServices,
} from './support/services.js';

let services: AllServices;
let bffs: Bff[];

beforeAll(async () => {
  services = await startAllServices();
  const env = { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile };
  bffs = await Promise.all([startBff('web', env), startBff('mobile', env)]);
});

beforeEach(async () => {
  for (const name of serviceNames) await heal(services.byName[name]);
});

/** All that any page of ours may ever ask its services, by GraphQL and gRPC with what is sent. A parameter is one segment without "/", "?", "#" or dots alone. */
const allowed = [
  /^\/films\/(?!\.{1,2}$|%2e)[^/?#]+$/i,
  /^\/ratings\/[1-9]\d*$/,
  /^GRPC \/shop\.pricing\.v1\.Pricing\/GetQuote \{"sku":"F\d{4}","tier":"TIER_BASIC"\}$/,
  /^GRPC \/shop\.pricing\.v1\.Pricing\/ListQuotes \{"skus":\[("F\d{4}",?)+\],"tier":"TIER_BASIC"\}$/,
  /^\/stock\/F\d{4}$/,
  /^POST \/graphql \{"filmId":\d+,"genre":(null|"[^"]*"),"director":(null|"[^"]*"),"limit":\d+\}$/,
  /^\/search\?query=[^&#/?]*&page=\d+&pageSize=\d+$/,
  /^\/ratings\?ids=[\d%2C,]+$/,
];

const long = 'a'.repeat(10_240);
const hostile: [string, string][] = [
  ['../../admin', '../../admin'],
  ['..%2f..%2fadmin', '..%2f..%2fadmin'],
  ['%2e%2e%2f%2e%2e%2fadmin', '%2e%2e%2f%2e%2e%2fadmin'],
  ['%252e%252e%252f', '%252e%252e%252f'],
  ['.. alone', '..'],
  ['%2e%2e alone', '%2e%2e'],
  ['//evil', '//evil'],
  ['%2f%2fevil.example', '%2f%2fevil.example'],
  ['http://evil.example/', 'http://evil.example/'],
  ['?x=', '1?x=/../../admin'],
  ['%3fx=', '1%3fx=1'],
  ['%23', '1%23fragment'],
  [';x=1', '1;x=1'],
  ['a backslash', '..%5c..%5cadmin'],
  ['a NUL', '1%00'],
  ['an encoded CR LF', '1%0d%0aX-Injected:%20yes'],
  ['a raw CR LF', '1\r\nX-Injected: yes'],
  ['a lone CR', '1\rX-Injected: yes'],
  ['broken encoding', '%zz'],
  ['broken UTF-8', '%c0%ae%c0%ae'],
  ['10 KB', long],
  ['10 KB encoded', '%2e'.repeat(3_413)],
];

describe.each(['web', 'mobile'] as const)('what is no number of a film, sent to the %s BFF,', name => {
  const bff = () => bffs.find(one => one.name === name)!;

  it.each(hostile)('reaches no other path of a service: %s', async (_, id) => {
    const answer = await exchange(bff().port, `/pages/films/${id}`);
    const asked = await recorded();
    // Where the target ends after the number, the rest is the client's own query or header: the film is 1.
    if (/^1(\?|\r\n)/.test(id)) {
      expect(answer.status).toBe(200);
      expect(asked).toHaveLength(5);
    } else {
      expect([400, 404, 414, 431]).toContain(answer.status);
      expect(asked).toEqual([]);
    }
    expectContained(asked);
    expect(answer.text).not.toMatch(/\n\s+at |ERR_[A-Z]+ .*node:/);
  });

  it.each(hostile.filter(([, text]) => !/[\r\n]/.test(text)))(
    'stays one parameter of a search: %s',
    async (_, text) => {
      const answer = await exchange(bff().port, `/pages/search?query=${text}`);
      const asked = await recorded();
      expect([200, 400, 414, 431]).toContain(answer.status);
      if (answer.status === 200) expect(asked.length).toBeGreaterThan(0);
      else expect(asked).toEqual([]);
      expectContained(asked);
    },
  );
});

it('a film page does reach its services, and they record it', async () => {
  const answer = await exchange(bffs[0]!.port, '/pages/films/1');
  expect(answer.status).toBe(200);
  const asked = await recorded();
  expect(asked.map(({ url }) => url)).toContain('/films/1');
  expect(asked).toHaveLength(5);
});

/** Sends a GET whose target is what is given, to the byte; closes afterwards. */
async function exchange(port: number, target: string): Promise<{ status: number; text: string }> {
  const text = await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
  if (status === undefined) throw new Error(`no answer: ${text.slice(0, 200)}`);
  return { status: Number(status), text };
}

async function recorded(): Promise<RecordedRequest[]> {
  return (await Promise.all(serviceNames.map(name => requestsOf(services.byName[name])))).flat();
}

function expectContained(asked: readonly RecordedRequest[]): void {
  for (const { method, url, headers, body } of asked) {
    const sent = method === 'GRPC' ? body : (body as { variables?: unknown } | undefined)?.variables;
    expect(method === 'GET' ? url : `${method} ${url} ${JSON.stringify(sent)}`).toMatch(
      new RegExp(allowed.map(({ source }) => source).join('|'), 'i'),
    );
    expect(headers).not.toHaveProperty('x-injected');
  }
}
