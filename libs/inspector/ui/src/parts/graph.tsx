import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageView, SectionView } from '../server';
import { count, ms } from '../words';
import { type Box, BOX_HEIGHT, layOut } from './graph-layout';

const PADDING = 14;
/** Width of a character of the small text, at most. */
const CHARACTER = 6.2;

/** A page's graph, drawn. What it shows stands in words in the table below it. */
export function Graph({ page }: { readonly page: PageView }) {
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setRoom(Math.floor(entry!.contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  const { width, height, boxes, lines } = layOut(page, Math.max(room, 240));
  return (
    <div class="graph" ref={frame}>
      {room > 0 && (
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={`The graph of ${page.name}: ${count(page.sections.length, 'section')}, ${count(lines.length, 'need')}.`}
        >
          <defs>
            <marker
              id="tip"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto-start-reverse"
            >
              <path d="M0 0 8 4 0 8Z" />
            </marker>
          </defs>
          {lines.map(({ key, path, isTolerant, isCritical }) => (
            <path
              key={key}
              class={`line${isTolerant ? ' tolerant' : ''}${isCritical ? ' critical' : ''}`}
              d={path}
              marker-end="url(#tip)"
            />
          ))}
          {boxes.map(box => (
            <Section key={box.section.name} box={box} isCritical={page.criticalPath.includes(box.section.name)} />
          ))}
        </svg>
      )}
    </div>
  );
}

function Section({ box: { section, x, y, width }, isCritical }: { readonly box: Box; readonly isCritical: boolean }) {
  const kind = kindOf(section);
  const fits = (text: string): string => cut(text, Math.floor((width - 2 * PADDING) / CHARACTER));
  return (
    <g class={`section ${kind}${isCritical ? ' critical' : ''}`} transform={`translate(${x} ${y})`}>
      <rect width={width} height={BOX_HEIGHT} rx="8" />
      <text class="name" x={PADDING} y="23">
        {fits(section.name)}
      </text>
      <text x={PADDING} y="40">
        {fits(upstreamsOf(section))}
      </text>
      <text x={PADDING} y="55">
        {fits(limitsOf(section))}
      </text>
    </g>
  );
}

/** `required`, `optional` or `internal`. */
export function kindOf({ isInternal, isRequired }: SectionView): string {
  if (isInternal) return isRequired ? 'internal' : 'internal optional';
  return isRequired ? 'required' : 'optional';
}

function upstreamsOf({ calls }: SectionView): string {
  const names = [...new Set(calls.map(({ upstream }) => upstream))];
  return names.length === 0 ? 'no call seen' : names.join(', ');
}

function limitsOf({ timeoutMs, hasFallback, isRequired, isOn }: SectionView): string {
  if (!isOn) return hasFallback ? 'switched off: fallback' : 'switched off: omitted';
  const limit = timeoutMs === undefined ? undefined : `≤ ${ms(timeoutMs)}`;
  const without = hasFallback ? 'else fallback' : isRequired ? undefined : 'else omitted';
  return [limit, without].filter(Boolean).join(', ') || 'within the budget';
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text;
}
