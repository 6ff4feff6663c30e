import { InvalidInput } from 'guichet/kernel';
import { compileTemplate, fillTemplate } from './path-template.js';

const product = compileTemplate('/products/:id/reviews');

function fill(id: unknown): string {
  return fillTemplate(product, { id });
}

/** What is wrong with a value as input of the client, or undefined. */
function issuesOf(id: unknown): InvalidInput['issues'] | undefined {
  try {
    fill(id);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.issues;
    throw error;
  }
}

describe('fillTemplate', () => {
  it('puts values where the template names them', () => {
    expect(fill('42')).toBe('/products/42/reviews');
    expect(fill(7)).toBe('/products/7/reviews');
    expect(fillTemplate(compileTemplate('/a/:x/:y'), { x: 1, y: 'b' })).toBe('/a/1/b');
    expect(fillTemplate(compileTemplate('/health'), undefined)).toBe('/health');
    expect(fillTemplate(compileTemplate('/'), undefined)).toBe('/');
  });

  it.each([
    ['../../admin', '..%2F..%2Fadmin'],
    ['//evil', '%2F%2Fevil'],
    ['%2e%2e%2f', '%252e%252e%252f'],
    ['?x=', '%3Fx%3D'],
    ['a#b', 'a%23b'],
    ['a\r\nHost: evil', 'a%0D%0AHost%3A%20evil'],
    ['a\\b', 'a%5Cb'],
    ['\0', '%00'],
    ['ü', '%C3%BC'],
    ['...', '...'],
  ])('encodes %j as one segment', (value, segment) => {
    expect(fill(value)).toBe(`/products/${segment}/reviews`);
  });

  it.each([
    ['.', '"."'],
    ['..', '".."'],
    ['%2e%2E', 'dots'],
    ['', 'empty'],
    ['x'.repeat(10 * 1024), 'bytes'],
    ['€'.repeat(700), 'bytes'],
    ['\ud800', 'Unicode'],
  ])('refuses %.20j as input of the client', value => {
    expect(issuesOf(value)).toMatchObject([{ in: 'params', path: 'id' }]);
  });

  it.each([[undefined], [null], [NaN], [Infinity], [{}]])('calls %p a mistake in the code', value => {
    expect(() => fill(value)).toThrow(TypeError);
  });

  it('keeps any of 1000 random strings within its segment', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const alphabet = [
      '.',
      '..',
      '/',
      '\\',
      '%',
      '%2f',
      '%2e',
      '?',
      '#',
      ';',
      ':',
      '@',
      '\r\n',
      '\t',
      ' ',
      '\0',
      'a',
      'é',
      '😀',
      '\ud83d',
    ];
    let kept = 0;
    for (let i = 0; i < 1_000; i++) {
      const value = Array.from(
        { length: 1 + Math.floor(random() * 8) },
        () => alphabet[Math.floor(random() * alphabet.length)],
      ).join('');
      if (issuesOf(value)) continue;
      const path = fill(value);
      kept++;
      expect(path).toMatch(/^\/products\/[^/?#\\\s]+\/reviews$/);
      // As a server sees it: nothing to resolve, and the value comes out as it went in.
      expect(new URL(path, 'http://upstream').pathname).toBe(path);
      expect(decodeURIComponent(path.split('/')[2]!)).toBe(value);
    }
    expect(kept).toBeGreaterThan(500);
  });
});

describe('compileTemplate', () => {
  it.each([
    'products',
    '//products',
    '/a?b=1',
    '/a#b',
    '/a b',
    '/ü',
    '/a\\b',
    '/../a',
    '/a/%2e%2e',
    '/:',
    '/:a-b',
    '/:a/:a',
  ])('refuses %j as a mistake in the code', text => {
    expect(() => compileTemplate(text)).toThrow(TypeError);
  });

  it('takes a colon within a segment as it is', () => {
    expect(fillTemplate(compileTemplate('/v1/things:batch'), undefined)).toBe('/v1/things:batch');
  });
});
