import type { PageView, SectionView } from '../server';

/** Where a section is drawn. */
export interface Box {
  readonly section: SectionView;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A need, drawn from it to the section that needs it. */
export interface Line {
  readonly key: string;
  readonly path: string;
  readonly isTolerant: boolean;
  readonly isCritical: boolean;
}

/** A page's graph, ready to be drawn. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export const BOX_HEIGHT = 66;
/** Boxes and the gaps between them give way together before levels stand one below the other. */
const BOX_WIDTH = { most: 208, least: 132 };
const GAP_OF_WIDTH = 0.34;
const ROW_GAP = 18;
const INDENT = 22;
const LANE_GAP = 14;
/** What the strokes of the outermost boxes need. */
const MARGIN = 2;

/** Lays a graph out for the room there is: levels from left to right, or, where that is too wide, one below the other. */
export function layOut(page: PageView, room: number): Drawing {
  const levels = Math.max(0, ...page.sections.map(({ level }) => level)) + 1;
  const fitting = Math.floor((room - 2 * MARGIN) / (levels + (levels - 1) * GAP_OF_WIDTH));
  return fitting >= BOX_WIDTH.least ? inColumns(page, levels, Math.min(BOX_WIDTH.most, fitting)) : inRows(page, room);
}

function inColumns(page: PageView, levels: number, boxWidth: number): Drawing {
  const gap = Math.floor(boxWidth * GAP_OF_WIDTH);
  const width = levels * boxWidth + (levels - 1) * gap + 2 * MARGIN;
  const columns = Array.from({ length: levels }, (_, level) => page.sections.filter(one => one.level === level));
  const tallest = Math.max(...columns.map(({ length }) => length));
  const bottom = tallest * BOX_HEIGHT + (tallest - 1) * ROW_GAP + 2 * MARGIN;
  const boxes = new Map<string, Box>();
  columns.forEach((column, level) => {
    const free = bottom - 2 * MARGIN - column.length * BOX_HEIGHT - (column.length - 1) * ROW_GAP;
    // Near what they need, so that few lines cross.
    const inOrder = column
      .map(section => ({ section, pull: middleOf(section, boxes) }))
      .sort((a, b) => a.pull - b.pull)
      .map(({ section }) => section);
    inOrder.forEach((section, row) => {
      const x = MARGIN + level * (boxWidth + gap);
      boxes.set(section.name, { section, x, y: MARGIN + free / 2 + row * (BOX_HEIGHT + ROW_GAP), width: boxWidth });
    });
  });
  let lanes = 0;
  const lines = linesOf(page, boxes, (from, to) => {
    const [x1, y1] = [from.x + from.width, from.y + BOX_HEIGHT / 2];
    const [x2, y2] = [to.x - 2, to.y + BOX_HEIGHT / 2];
    const bend = gap * 0.6;
    if (to.section.level > from.section.level + 1) {
      // Below all boxes, so that it seems to come from none in between.
      const y = bottom + ++lanes * LANE_GAP;
      return `M${x1} ${y1}C${x1 + bend} ${y1} ${x1 + gap - bend} ${y} ${x1 + gap} ${y}H${x2 - gap}C${x2 - gap + bend} ${y} ${x2 - bend} ${y2} ${x2} ${y2}`;
    }
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  });
  const height = bottom + lanes * LANE_GAP + (lanes > 0 ? MARGIN : 0);
  return { width, height, boxes: [...boxes.values()], lines };
}

function inRows(page: PageView, width: number): Drawing {
  const boxes = new Map<string, Box>();
  for (const section of byDescent(page.sections)) {
    const x = MARGIN + section.level * INDENT;
    const y = MARGIN + boxes.size * (BOX_HEIGHT + ROW_GAP);
    boxes.set(section.name, { section, x, y, width: width - x - MARGIN });
  }
  const lines = linesOf(page, boxes, (from, to) => {
    const x = from.x + INDENT / 2;
    return `M${x} ${from.y + BOX_HEIGHT}V${to.y + BOX_HEIGHT / 2}H${to.x - 2}`;
  });
  const height = boxes.size * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN;
  return { width, height, boxes: [...boxes.values()], lines };
}

/** Every section right after the last of its needs. */
function byDescent(sections: readonly SectionView[]): readonly SectionView[] {
  const placed = new Set<SectionView>();
  const isPlaced = (name: string) => [...placed].some(one => one.name === name);
  const place = (section: SectionView): void => {
    placed.add(section);
    for (const other of sections) {
      const isNext = !placed.has(other) && other.needs.some(need => need.section === section.name);
      if (isNext && other.needs.every(need => isPlaced(need.section))) place(other);
    }
  };
  for (const section of sections) if (section.needs.length === 0) place(section);
  return [...placed];
}

function linesOf(
  { sections, criticalPath }: PageView,
  boxes: ReadonlyMap<string, Box>,
  pathOf: (from: Box, to: Box) => string,
): readonly Line[] {
  return sections.flatMap(({ name, needs }) =>
    needs.flatMap(({ section, isTolerant }) => {
      const [from, to] = [boxes.get(section), boxes.get(name)];
      if (from === undefined || to === undefined) return [];
      const at = criticalPath.indexOf(name);
      const isCritical = at > 0 && criticalPath[at - 1] === section;
      return [{ key: `${section} ${name}`, path: pathOf(from, to), isTolerant, isCritical }];
    }),
  );
}

function middleOf({ needs }: SectionView, boxes: ReadonlyMap<string, Box>): number {
  const found = needs.flatMap(({ section }) => boxes.get(section)?.y ?? []);
  return found.length === 0 ? 0 : found.reduce((sum, y) => sum + y, 0) / found.length;
}
