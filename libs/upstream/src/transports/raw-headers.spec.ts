import { allHeaders, rawHeader } from './raw-headers.js';

const raw = (...lines: string[]): Buffer[] =>
  lines.flatMap(line => line.split(': ').map(part => Buffer.from(part, 'latin1')));

describe('allHeaders', () => {
  it('joins what is repeated, by name in lower case', () => {
    const headers = allHeaders(raw('X-A: 1', 'x-a: 2', 'ETag: "e"'));
    expect({ ...headers }).toEqual({ 'x-a': '1, 2', etag: '"e"' });
  });

  it('keeps back cookies and what is of the connection, what it names included', () => {
    const headers = allHeaders(
      raw(
        'Set-Cookie: a=1',
        'set-cookie2: b=2',
        'Connection: close, X-Hop',
        'connection: x-other',
        'x-hop: 1',
        'X-Other: 2',
        'Keep-Alive: timeout=5',
        'Transfer-Encoding: chunked',
        'Upgrade: x',
        'Trailer: x',
        'TE: x',
        'Proxy-Authenticate: Basic',
        'content-type: application/json',
      ),
    );
    expect({ ...headers }).toEqual({ 'content-type': 'application/json' });
  });

  it('is no way to a prototype', () => {
    const headers = allHeaders(raw('__proto__: 1', 'constructor: 2', 'connection: __proto__'));
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(Object.keys(headers)).toEqual(['constructor']);
  });
});

describe('rawHeader', () => {
  it('finds the first of a name, in whatever case', () => {
    expect(rawHeader(raw('X-B: 0', 'Content-TYPE: text/html', 'content-type: application/json'), 'content-type')).toBe(
      'text/html',
    );
    expect(rawHeader(raw('X-B: 0'), 'content-type')).toBeUndefined();
  });
});
