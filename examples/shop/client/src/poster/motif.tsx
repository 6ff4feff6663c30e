import type { ComponentChild } from 'preact';
import type { Genre } from './genre';
import type { Seed } from './seed';

/*
 * The drawing of a poster: a few flat shapes per genre in a square of 200, overscanned so that any crop is filled.
 * `a`, `b` and `k` are the poster's two colours and its ink (poster.css): shapes carry classes, never styles.
 */

/** Draws the motif of a genre; the seed makes two films of one genre differ. */
export function motifOf(genre: Genre, seed: Seed): ComponentChild {
  return MOTIFS[genre](seed);
}

const MOTIFS: Readonly<Record<Genre, (seed: Seed) => ComponentChild>> = {
  action: sparks,
  adventure: journey,
  'black-comedy': halves,
  comedy: tiles,
  concert: levels,
  documentary: halftone,
  drama: scene,
  horror: claws,
  musical: arcs,
  none: leader,
  romance: pair,
  thriller: rings,
  western: dusk,
};

/** The end of a day, a door left open, or two who look past each other. */
function scene(seed: Seed): ComponentChild {
  return [setting, doorway, profiles][seed.below(3)]?.(seed);
}

/** Light through an open door, and somebody in it. */
function doorway(seed: Seed): ComponentChild {
  const x = seed.between(70, 110);
  const lean = seed.between(-70, 50);
  const floor = 128;
  return (
    <>
      <rect class="b" x={-60} y={floor} width={320} height={200} />
      <polygon class="a" points={`${x},${floor} ${x + 44},${floor} ${x + 84 + lean},320 ${x - 60 + lean},320`} />
      <rect class="a" x={x} y={14} width={44} height={floor - 14} />
      <circle class="ground" cx={x + 22} cy={floor - 50} r={7} />
      <path class="ground" d={`M${x + 14} ${floor}v-30a8 8 0 0 1 16 0v30z`} />
    </>
  );
}

/** Half discs, back to back. */
function profiles(seed: Seed): ComponentChild {
  const r = seed.between(54, 70);
  const gap = seed.between(3, 12);
  const slip = seed.between(-26, 26);
  return (
    <g transform={`rotate(${seed.below(4) * 45} 100 100)`}>
      <path class="a" d={`M${100 - gap} ${100 - r - slip}a${r} ${r} 0 0 0 0 ${2 * r}z`} />
      <path class="b" d={`M${100 + gap} ${100 - r + slip}a${r} ${r} 0 0 1 0 ${2 * r}z`} />
      <circle class="k" cx={100 + gap + r / 2.4} cy={100 + slip} r={r / 6} />
    </g>
  );
}

/** A low sun cut by bands. */
function setting(seed: Seed): ComponentChild {
  const x = seed.between(60, 140);
  const r = seed.between(62, 84);
  const bands = 3 + seed.below(4);
  return (
    <>
      <circle class="a" cx={x} cy={100} r={r} />
      {count(bands).map(i => (
        <rect class="ground" x={-60} y={100 + (i * r) / bands} width={320} height={2 + (i * 7) / bands + 2} />
      ))}
      <circle class="b" cx={200 - x + seed.between(-30, 30)} cy={seed.between(38, 60)} r={seed.between(9, 22)} />
    </>
  );
}

/** A burst with bars of speed behind it. */
function sparks(seed: Seed): ComponentChild {
  const x = seed.between(70, 130);
  const y = seed.between(80, 120);
  const points = 9 + seed.below(6);
  const turn = seed.next();
  const star = (outer: number, inner: number) =>
    count(points * 2)
      .map(i => at(x, y, i % 2 === 0 ? outer : inner, (i / (points * 2) + turn) * 360))
      .join(' ');
  const slant = seed.below(2) === 0 ? -32 : 32;
  return (
    <>
      <g transform={`rotate(${slant} 100 100)`}>
        {count(6).map(i => (
          <rect class="b" x={-100} y={-20 + i * 42 + seed.between(0, 10)} width={400} height={seed.between(5, 20)} />
        ))}
      </g>
      <polygon class="a" points={star(seed.between(84, 96), 46)} />
      <polygon class="k" points={star(38, 18)} />
    </>
  );
}

/** Over the mountains, or over the sea. */
function journey(seed: Seed): ComponentChild {
  return seed.below(2) === 0 ? ranges(seed) : waves(seed);
}

/** A sun over the sea. */
function waves(seed: Seed): ComponentChild {
  const wide = seed.between(28, 44);
  const swell = (y: number, lag: number) => {
    const bows = count(12).map(i => `${i % 2 === 0 ? 'q' : 't'}${i % 2 === 0 ? `${wide / 2} -20 ` : ''}${wide} 0`);
    return `M${-100 - lag} ${y}${bows.join('')}V340H-120z`;
  };
  return (
    <>
      <circle class="a" cx={seed.between(50, 150)} cy={seed.between(70, 96)} r={seed.between(40, 58)} />
      <path class="b" d={swell(112, 0)} />
      <path class="mist" d={swell(136, wide / 2)} />
      <path class="k" d={swell(160, 8)} />
    </>
  );
}

/** Mountains behind mountains. */
function ranges(seed: Seed): ComponentChild {
  const ridge = (base: number, height: number) => {
    const tops = count(6).map(i => `${-60 + i * 64},${(base - (i % 2) * height - seed.between(0, 26)).toFixed(1)}`);
    return `-60,320 ${tops.join(' ')} 260,320`;
  };
  return (
    <>
      <circle class="a" cx={seed.between(40, 160)} cy={seed.between(46, 78)} r={seed.between(24, 42)} />
      <polygon class="b" points={ridge(118, 38)} />
      <polygon class="mist" points={ridge(156, 30)} />
      <polygon class="k" points={ridge(188, 26)} />
    </>
  );
}

/** Bauhaus building blocks. */
function tiles(seed: Seed): ComponentChild {
  const cell = 50;
  return count(36).map(i => {
    const x = -50 + (i % 6) * cell;
    const y = -50 + Math.floor(i / 6) * cell;
    const ink = ['a', 'b', 'k', 'a', 'b'][seed.below(5)];
    const turn = `rotate(${seed.below(4) * 90} ${x + 25} ${y + 25})`;
    switch (seed.below(7)) {
      case 0:
        return <circle class={ink} cx={x + 25} cy={y + 25} r={25} />;
      case 1:
      case 2:
        return <path class={ink} transform={turn} d={`M${x} ${y}h50a50 50 0 0 1-50 50z`} />;
      case 3:
        return <path class={ink} transform={turn} d={`M${x} ${y + 50}a25 25 0 0 1 50 0z`} />;
      case 4:
        return <path class={ink} transform={turn} d={`M${x} ${y}h50v50z`} />;
      default:
        return null;
    }
  });
}

/** One half is the other's negative. */
function halves(seed: Seed): ComponentChild {
  const r = seed.between(52, 74);
  const tilt = seed.between(-40, 40);
  return (
    <g transform={`rotate(${tilt} 100 100)`}>
      <rect class="a" x={100} y={-100} width={300} height={400} />
      <path class="a" d={`M100 ${100 - r}a${r} ${r} 0 0 0 0 ${2 * r}z`} />
      <path class="ground" d={`M100 ${100 - r}a${r} ${r} 0 0 1 0 ${2 * r}z`} />
      <circle class="b" cx={100} cy={100} r={seed.between(14, 24)} />
    </g>
  );
}

/** A music desk's level meters. */
function levels(seed: Seed): ComponentChild {
  return count(10).map(i => {
    const lit = 3 + seed.below(9);
    return count(lit).map(j => (
      <rect
        class={j === lit - 1 ? 'k' : j > 7 ? 'b' : 'a'}
        x={-46 + i * 30}
        y={196 - j * 17}
        width={22}
        height={11}
        rx={2}
      />
    ));
  });
}

/** A printed photograph from too near. */
function halftone(seed: Seed): ComponentChild {
  const x = seed.between(40, 160);
  const y = seed.between(50, 150);
  const wave = seed.between(14, 26);
  return count(21 * 17).map(i => {
    const cx = -55 + (i % 21) * 15.5;
    const cy = -20 + Math.floor(i / 21) * 15.5;
    const r = 4.2 + 3.8 * Math.cos(Math.hypot(cx - x, cy - y) / wave);
    return r < 0.8 ? null : <circle class={r > 6.6 ? 'a' : 'b'} cx={cx} cy={cy} r={Math.round(r * 10) / 10} />;
  });
}

/** Something has been here. */
function claws(seed: Seed): ComponentChild {
  const tilt = seed.between(8, 24) * (seed.below(2) === 0 ? 1 : -1);
  return (
    <>
      <circle class="b" cx={seed.between(70, 130)} cy={seed.between(80, 110)} r={seed.between(64, 82)} />
      <g transform={`rotate(${tilt} 100 100)`}>
        {count(4).map(i => {
          const x = 34 + i * 40 + seed.between(-5, 5);
          const top = seed.between(-24, 24);
          const wide = seed.between(9, 15);
          const end = seed.between(176, 232);
          return (
            <path
              class="a"
              d={`M${x} ${top}q${wide} 60 ${wide * 0.7} 96t${-wide * 0.3} ${end - top - 96}q-14-60-14-110t6-${end - top - 110}z`}
            />
          );
        })}
      </g>
    </>
  );
}

/** Circles round a corner, like a record or a rainbow. */
function arcs(seed: Seed): ComponentChild {
  const [x, y] = [
    [10, 200],
    [190, 200],
    [100, 210],
    [100, 100],
  ][seed.below(4)] as [number, number];
  const step = seed.between(22, 28);
  return count(8).map(i => (
    <circle
      class={['a', 'ground', 'b', 'ground', 'k', 'ground'][i % 6]}
      cx={x}
      cy={y}
      r={Math.max(4, step * (8 - i) - 6 + (i % 2) * 12)}
    />
  ));
}

/** Two circles that meet. */
function pair(seed: Seed): ComponentChild {
  const r = seed.between(50, 64);
  const apart = seed.between(26, 42);
  const lift = seed.between(-22, 22);
  // Where the two circles cross, so that what they share can have a colour of its own.
  const half = Math.hypot(apart, lift);
  const height = Math.sqrt(r * r - half * half);
  const [nx, ny] = [(-lift / half) * height, (apart / half) * height];
  return (
    <>
      <circle class="a" cx={100 - apart} cy={100 - lift} r={r} />
      <circle class="b" cx={100 + apart} cy={100 + lift} r={r} />
      <path
        class="k"
        d={`M${100 + nx} ${100 + ny}A${r} ${r} 0 0 1 ${100 - nx} ${100 - ny}A${r} ${r} 0 0 1 ${100 + nx} ${100 + ny}z`}
      />
    </>
  );
}

/** Rings that do not share a centre. */
function rings(seed: Seed): ComponentChild {
  const x = seed.between(80, 120);
  const direction = seed.between(0, 360);
  return count(9).map(i => {
    const [cx, cy] = at(x, 100, i * 4.6, direction).split(',');
    return <circle class={i === 8 ? 'b' : i % 2 === 0 ? 'a' : 'ground'} cx={cx} cy={cy} r={118 - i * 13} />;
  });
}

/** Sun, table mountains, nobody. */
function dusk(seed: Seed): ComponentChild {
  const x = seed.between(60, 140);
  const mesa = (left: number, wide: number, top: number) =>
    `${left},220 ${left + wide * 0.16},${top} ${left + wide * 0.78},${top} ${left + wide},220`;
  return (
    <>
      {count(13).map(i => (
        <polygon
          class="b"
          points={`${x},150 ${at(x, 150, 320, 180 + i * 15 - 3.2)} ${at(x, 150, 320, 180 + i * 15 + 3.2)}`}
        />
      ))}
      <circle class="a" cx={x} cy={150} r={seed.between(42, 60)} />
      <polygon class="k" points={mesa(seed.between(-60, -20), seed.between(80, 120), seed.between(112, 132))} />
      <polygon class="k" points={mesa(seed.between(110, 150), seed.between(70, 130), seed.between(126, 146))} />
      <rect class="k" x={-60} y={168} width={320} height={160} />
    </>
  );
}

/** The countdown before a film whose genre nobody wrote down. */
function leader(seed: Seed): ComponentChild {
  const turn = seed.between(40, 320);
  return (
    <>
      <path class="b" d={`M100 100V-120A220 220 0 ${turn > 180 ? 1 : 0} 1 ${at(100, 100, 220, turn - 90)}z`} />
      <path class="line" d="M-80 100H280M100-80V280" />
      <circle class="line" cx={100} cy={100} r={78} />
      <circle class="line" cx={100} cy={100} r={64} />
      <circle class="a" cx={100} cy={100} r={seed.between(10, 30)} />
    </>
  );
}

function count(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function at(x: number, y: number, r: number, degrees: number): string {
  const angle = (degrees * Math.PI) / 180;
  return `${(x + r * Math.cos(angle)).toFixed(1)},${(y + r * Math.sin(angle)).toFixed(1)}`;
}
