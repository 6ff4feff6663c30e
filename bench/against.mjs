/** `node bench/against.mjs`, after a build: a change against what was there before it. See docs/performance.md. */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CleanUps } from './clean-ups.mjs';
import { Load } from './generator/load.mjs';
import { measure } from './measure.mjs';
import { benchPages } from './pages/index.mjs';
import { compare } from './ratio.mjs';
import { startVariants } from './variants.mjs';

const help = `Usage: node bench/against.mjs [--other <folder>] [--defaults <json>] [options]

Measures a page of this build in requests per CPU second against the same page of another one, or with other options,
interleaved in one run. Above 1 the other costs less. Needs a build and nginx.

  --other <folder>   another checkout of the repository, built
  --defaults <json>  options of every upstream, such as '{"connectionRestMs":0}'
  --case <name>      parallel-page (the default) or dependent-page
  --rounds <n>       rounds, each measuring every server once (default 9)
  --seconds <s>      how long one measurement takes (default 2)
  --help             this text
`;
const CASES = ['parallel-page', 'dependent-page'];
const CONNECTIONS = 32;
const say = line => process.stderr.write(`${line}\n`);

const { values } = readArguments();
const cleanUps = new CleanUps(say);
try {
  await run();
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUps.run();
}

async function run() {
  const page = benchPages.find(({ name }) => name === values.case);
  const entry = await page.guichet();
  const variants = [{ name: 'this', entry }];
  if (values.other !== undefined) variants.push({ name: 'other', entry: await entryOf(values.other) });
  if (values.defaults !== undefined) {
    variants.push({ name: 'defaults', entry, env: { BENCH_DEFAULTS: values.defaults } });
  }
  const contestants = await startVariants(await page.record(say), variants, say, cleanUps);
  const load = new Load(CONNECTIONS);
  cleanUps.add(() => load.stop());
  const samples = await measure(
    contestants,
    load,
    { rounds: values.rounds, turnMs: values.seconds * 1_000, warmUpMs: 4_000, connections: CONNECTIONS },
    say,
  );
  process.stdout.write(`\n${values.case}, this build = 1        median    min    max   n\n`);
  for (const { name } of contestants.slice(1)) {
    const { ratio, n } = compare(samples.get(name), samples.get('this'));
    const digits = [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(2).padStart(7)).join('');
    process.stdout.write(`  ${name.padEnd(34)}${digits}${String(n).padStart(4)}\n`);
  }
}

/** @returns {Promise<string>} the program of the page of another checkout */
async function entryOf(folder) {
  const { benchPages: pages } = await import(pathToFileURL(join(resolve(folder), 'bench/pages/index.mjs')).href);
  return pages.find(({ name }) => name === values.case).guichet();
}

function readArguments() {
  try {
    const parsed = parseArgs({
      options: {
        other: { type: 'string' },
        defaults: { type: 'string' },
        case: { type: 'string', default: CASES[0] },
        rounds: { type: 'string', default: '9' },
        seconds: { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    const { other, defaults, help: isHelp, rounds, seconds, case: name } = parsed.values;
    if (isHelp) {
      process.stdout.write(help);
      process.exit(0);
    }
    if (other === undefined && defaults === undefined) throw new Error('against what? --other or --defaults');
    if (defaults !== undefined) JSON.parse(defaults);
    if (!CASES.includes(name)) throw new Error(`--case must be one of ${CASES.join(', ')}, not ${name}`);
    const numbers = { rounds: Number(rounds), seconds: Number(seconds) };
    if (!(numbers.rounds >= 1 && numbers.seconds > 0)) throw new Error('--rounds and --seconds must be above 0');
    return { values: { other, defaults, case: name, ...numbers } };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}
