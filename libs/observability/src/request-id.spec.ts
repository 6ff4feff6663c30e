import { requestId } from './request-id.js';

describe('requestId', () => {
  it.each(['a', 'A-b_c.9', 'x'.repeat(64)])('keeps a fitting id: %s', offered => {
    expect(requestId(offered)).toBe(offered);
  });

  it.each([undefined, '', ' a', 'a b', 'ä', 'a\r\nSet-Cookie: b=1', 'x'.repeat(65), 'a,b', ['a', 'b'], '<script>'])(
    'replaces an unfitting one: %j',
    offered => {
      const id = requestId(offered);
      expect(id).not.toBe(offered);
      expect(id).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    },
  );

  it('never gives the same id twice', () => {
    expect(new Set(Array.from({ length: 1000 }, () => requestId(undefined))).size).toBe(1000);
  });

  it('gives other ids than another process does', () => {
    const first = requestId(undefined).split('.')[0];
    jest.isolateModules(() => {
      const other = jest.requireActual<typeof import('./request-id.js')>('./request-id.js');
      expect(other.requestId(undefined).split('.')[0]).not.toBe(first);
    });
  });
});
