/** `node bench/telemetry.mjs`, after a build: what logs and traces cost a page. See docs/performance.md. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CleanUps } from './clean-ups.mjs';
import { Load } from './generator/load.mjs';
import { measure } from './measure.mjs';
import { readOptions } from './options.mjs';
import { filmPage } from './pages/film/page.mjs';
import { compare, median, perCpuSecond } from './ratio.mjs';
import { Collector } from './telemetry/collector.mjs';
import { rivals } from './telemetry/rivals.mjs';
import { startVariants } from './variants.mjs';

const help = `Usage: node bench/telemetry.mjs [options]

Measures the film page of the built web app in requests per CPU second of the server process: with logs and traces off, and with
more and more of them on, interleaved in one run. The connections ask for different films, so that each page makes its own calls.
Needs a build and nginx.

  --rounds <n>       rounds, each measuring every one once (default 9)
  --seconds <s>      how long one measurement takes (default 2.5)
  --connections <n>  open connections of the load generator (default 32)
  --shared           all connections ask for the same few films at once, so that most calls are shared: no bars
  --quick            a smoke run: 3 rounds of half a second; its numbers mean little
  --assert           exit code 1 when a bar is missed
  --out <file>       where the ratios go (default bench/results/telemetry.json; with --quick or --shared: nowhere)
  --help             this text
`;

/** So many that few connections ask for the same one at once. */
const SPREAD_FILMS = 64;

const options = readOptions(process.argv.slice(2), { help, out: 'bench/results/telemetry.json' });
const say = line => process.stderr.write(`${line}\n`);
const cleanUps = new CleanUps(say);

try {
  process.exitCode = await run();
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUps.run();
}

/** @returns {Promise<number>} the exit code */
async function run() {
  const collector = new Collector();
  cleanUps.add(() => collector.stop());
  const contestants = await start(await collector.start());
  const load = new Load(options.connections, { isSpread: !options.isShared });
  cleanUps.add(() => load.stop());
  const before = await attempts(contestants);
  const samples = await measure(contestants, load, options, say);
  const after = await attempts(contestants);
  const { exports, bytes } = await collector.taken();
  if (exports === 0) throw new Error('the collector was sent nothing');

  const results = {};
  const [first] = rivals;
  let missed = false;
  const lines = rivals.map(({ name, bar }) => {
    const rate = median(
      samples
        .get(name)
        .map(perCpuSecond)
        .sort((a, b) => a - b),
    );
    const micros = `${String(Math.round(1e6 / rate)).padStart(6)} µs/page`;
    if (name === first.name) return `  ${name.padEnd(14)}${micros}`;
    const { ratio, n } = (results[name] = compare(samples.get(name), samples.get(first.name)));
    const isGood = bar === undefined || options.isShared || ratio.median >= bar;
    missed ||= !isGood;
    const digits = [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(3).padStart(8)).join('');
    const verdict = bar === undefined || options.isShared ? '' : `   >= ${bar} ${isGood ? 'met' : 'MISSED'}`;
    return `  ${name.padEnd(14)}${micros}${digits}${String(n).padStart(4)}${verdict}`;
  });
  const head = `  ${'film-page'.padEnd(14)}${'CPU'.padStart(14)}  median     min     max   n   bar`;
  process.stdout.write(`\n${[head, ...lines].join('\n')}\n`);
  process.stdout.write(`  calls a page: ${((after.calls - before.calls) / (after.pages - before.pages)).toFixed(1)}\n`);
  say(`the collector took ${exports} exports, ${Math.round(bytes / 1e6)} MB`);
  if (options.out !== undefined) {
    await mkdir(dirname(options.out), { recursive: true });
    await writeFile(options.out, `${JSON.stringify(results, null, 2)}\n`);
    say(`written to ${options.out}`);
  }
  return options.assert && missed ? 1 : 0;
}

/** Starts the app once for each rival. */
async function start(collector) {
  const recorded = await filmPage.record(say, options.isShared ? undefined : SPREAD_FILMS);
  const entry = await filmPage.guichet();
  const variants = rivals.map(({ name, env }) => ({ name, entry, env: env(collector) }));
  return startVariants(recorded, variants, say, cleanUps);
}

/** @returns how many pages all have served so far, and how many calls of upstreams they made for them */
async function attempts(contestants) {
  let pages = 0;
  let calls = 0;
  for (const { management } of contestants) {
    const text = await (await fetch(`${management}/metrics`)).text();
    pages += sum(text, 'guichet_page_requests_total');
    calls += sum(text, 'guichet_upstream_attempts_total');
  }
  return { pages, calls };
}

function sum(text, metric) {
  return text
    .split('\n')
    .filter(line => line.startsWith(`${metric}{`))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
