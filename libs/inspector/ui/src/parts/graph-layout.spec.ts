import type { PageView, SectionView } from '../server';
import { BOX_HEIGHT, type Box, layOut } from './graph-layout';

function section(name: string, level: number, ...needs: readonly string[]): SectionView {
  return {
    name,
    level,
    isRequired: true,
    isInternal: false,
    isOn: true,
    needs: needs.map(need => ({ section: need, isTolerant: false })),
    timeoutMs: undefined,
    hasFallback: false,
    calls: [],
    deprecatedCalls: [],
  };
}

const page = {
  sections: [
    section('film', 0),
    section('ratings', 0),
    section('price', 1, 'film'),
    section('offer', 2, 'price', 'ratings'),
  ],
  criticalPath: ['film', 'price', 'offer'],
} as unknown as PageView;

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + BOX_HEIGHT && b.y < a.y + BOX_HEIGHT;

describe('layOut', () => {
  it.each([1_200, 320])('has no box stand on another, and all within the drawing, with room for %i', room => {
    const { boxes, width, height } = layOut(page, room);
    expect(boxes).toHaveLength(4);
    expect(width).toBeLessThanOrEqual(room);
    boxes.forEach((box, at) => {
      expect(boxes.slice(at + 1).filter(other => overlap(box, other))).toEqual([]);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + BOX_HEIGHT).toBeLessThanOrEqual(height);
    });
  });

  it('stands every section right of its needs where there is room', () => {
    const { boxes } = layOut(page, 1_200);
    const x = (name: string): number => boxes.find(box => box.section.name === name)!.x;
    for (const { name, needs } of page.sections)
      for (const need of needs) expect(x(name)).toBeGreaterThan(x(need.section));
  });

  it('stands every section below its needs where there is none', () => {
    const { boxes } = layOut(page, 320);
    expect(boxes.map(box => box.section.name)).toEqual(['film', 'price', 'ratings', 'offer']);
  });

  it('draws every need, and knows the critical ones', () => {
    const { lines } = layOut(page, 1_200);
    expect(lines.map(({ key, isCritical }) => [key, isCritical])).toEqual([
      ['film price', true],
      ['price offer', true],
      ['ratings offer', false],
    ]);
  });
});
