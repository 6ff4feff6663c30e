import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { useColours } from '../theme';

/** One line of a chart. */
export interface Series {
  readonly label: string;
  /** A custom property of the page's colours: `--accent`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly isFilled?: boolean;
}

interface ChartProps {
  /** What it shows, in words that say as much. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly unit: string;
}

const HEIGHT = 92;
/** Seconds that are shown, however few of them are known. */
const SPAN_S = 300;

/** A few lines over the last minutes. Its place is as tall before it is drawn as after. */
export function Chart({ label, times, series, unit }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>();
  const colours = useColours();
  const data = [times, ...series.map(({ values }) => values)] as unknown as UPlot.AlignedData;

  useEffect(() => {
    const element = frame.current!;
    chart.current = new UPlot(optionsOf(element, series, unit), data, element);
    const observer = new ResizeObserver(([entry]) =>
      chart.current?.setSize({ width: Math.floor(entry!.contentRect.width), height: HEIGHT }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [colours]);
  useEffect(() => chart.current?.setData(data), [times, series]);
  return <div class="chart" role="img" aria-label={label} ref={frame} />;
}

function optionsOf(element: Element, series: readonly Series[], unit: string): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const grid = { stroke: colour('--line'), width: 1 };
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: colour('--quiet'), font, grid, ticks: { show: false } };
  return {
    width: element.clientWidth || 280,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 4, 0, 0],
    scales: {
      x: { range: (_, __, max) => [max - SPAN_S, max] },
      y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 20,
        gap: 2,
        space: 60,
        incrs: [60, 120],
        values: (_, ticks) => ticks.map(clockOf),
        grid: { show: false },
      },
      { ...axis, size: 44, gap: 4, space: 26, values: (_, ticks) => ticks.map(tick => `${tick}${unit}`) },
    ],
    series: [
      {},
      ...series.map(({ label, colour: name, isFilled }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        points: { show: false },
        ...(isFilled && { fill: `${colour(name)}22` }),
      })),
    ],
  };
}

function clockOf(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
