import { BodyCollector } from './body-collector.js';

function collect(sizes: readonly number[]): { given: Buffer; taken: Buffer; bytes: number } {
  const body = new BodyCollector();
  const chunks = sizes.map((size, i) => Buffer.alloc(size, i % 251));
  for (const chunk of chunks) {
    body.add(chunk);
    // What is small was copied: whoever reads the next bytes into the same memory changes nothing.
    if (chunk.length < 4_096 && chunk !== chunks[0]) chunk.fill(255);
  }
  const given = Buffer.concat(sizes.map((size, i) => Buffer.alloc(size, i % 251)));
  return { given, taken: body.take(), bytes: body.bytes };
}

describe('BodyCollector', () => {
  it.each([
    ['nothing', []],
    ['one piece', [100]],
    ['large pieces', [65_536, 65_536, 10_000]],
    ['small pieces', Array.from({ length: 50_000 }, () => 1)],
    ['pieces that just fit', [1, 4_095, 4_095, 4_095, 4_095, 4, 1, 4_095]],
    ['small ones between large ones', [10, 5_000, 10, 20, 5_000, 4_095, 4_096, 1]],
    ['empty ones', [0, 0, 10, 0]],
  ])('gives %s back in order', (_, sizes) => {
    const { given, taken, bytes } = collect(sizes);
    expect(taken.equals(given)).toBe(true);
    expect(bytes).toBe(given.length);
  });

  it('does not copy a body that comes in one piece', () => {
    const body = new BodyCollector();
    const chunk = Buffer.from('{}');
    body.add(chunk);
    expect(body.take()).toBe(chunk);
  });
});
