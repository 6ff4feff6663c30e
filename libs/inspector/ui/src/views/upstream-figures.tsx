import { Chart } from '../parts/chart';
import type { Sample, UpstreamSample } from '../server';
import { ms, rate } from '../words';

/** The last minutes, in words and drawn. */
export function Figures({ name, samples }: { readonly name: string; readonly samples: readonly Sample[] }) {
  const of = (read: (sample: UpstreamSample) => number | null): (number | null)[] =>
    samples.map(({ upstreams }) => (upstreams[name] === undefined ? null : read(upstreams[name])));
  // A line that never leaves the ground would look like an alarm.
  const failing = of(({ failureRate }) => failureRate);
  const times = samples.map(({ at }) => at / 1_000);
  const latest = samples.at(-1)?.upstreams[name];
  const calls = latest === undefined ? 'no figures yet' : `${rate(latest.rate)}, ${rate(latest.failureRate)} failing`;
  const half = latest?.p50Ms ?? null;
  const latency = half === null ? 'no answers of late' : `p50 ${ms(half)}, p95 ${ms(latest?.p95Ms ?? half)}`;
  return (
    <div class="figures">
      <figure>
        <figcaption>
          <b>Attempts</b> {calls}
        </figcaption>
        <Chart
          label={`Attempts to ${name} a second over the last minutes: now ${calls}`}
          times={times}
          unit=""
          series={[
            { label: 'attempts', colour: '--accent', values: of(({ rate: all }) => all), isFilled: true },
            { label: 'failing', colour: '--bad', values: failing.some(Boolean) ? failing : failing.map(() => null) },
          ]}
        />
      </figure>
      <figure>
        <figcaption>
          <b>Latency</b> {latency}
        </figcaption>
        <Chart
          label={`How long ${name} took to answer over the last minutes: now ${latency}`}
          times={times}
          unit=" ms"
          series={[
            { label: 'p95', colour: '--idle', values: of(({ p95Ms }) => p95Ms) },
            { label: 'p50', colour: '--accent', values: of(({ p50Ms }) => p50Ms) },
          ]}
        />
      </figure>
    </div>
  );
}
