/** `npm run bench`: see docs/performance.md. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CleanUps } from './clean-ups.mjs';
import { startContestants } from './contestants.mjs';
import { Load } from './generator/load.mjs';
import { measure } from './measure.mjs';
import { readOptions } from './options.mjs';
import { barsOf, benchPages } from './pages/index.mjs';
import { profileTable } from './profile-table.mjs';
import { compare, median, perCpuSecond } from './ratio.mjs';

const root = join(import.meta.dirname, '..');
const options = readOptions(process.argv.slice(2));
const pages = chosenPages(options.cases);
const say = line => process.stderr.write(`${line}\n`);
const cleanUps = new CleanUps(say);

try {
  process.exitCode = options.profile === undefined ? await compareAll() : await profile(options.profile);
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUps.run();
}

/** @returns {Promise<number>} the exit code */
async function compareAll() {
  const results = {};
  for (const page of pages) {
    say(`\n${page.name}`);
    const { contestants, load, end } = await start(page);
    const samples = await measure(contestants, load, options, say);
    await end();
    for (const rival of Object.keys(barsOf(page))) {
      results[`${page.name}/vs-${rival}`] = compare(samples.get('guichet'), samples.get(rival));
    }
    process.stdout.write(`\n${costs(page.name, samples)}\n`);
  }
  const { text, missed } = ratios(results);
  process.stdout.write(`\n${text}\n`);
  if (options.out !== undefined) {
    await mkdir(dirname(options.out), { recursive: true });
    await writeFile(options.out, `${JSON.stringify(results, null, 2)}\n`);
    say(`written to ${options.out}`);
  }
  return options.assert && missed ? 1 : 0;
}

/** @returns {Promise<number>} the exit code */
async function profile(name) {
  for (const page of pages) {
    const { contestants, load, end } = await start(page);
    const contestant = contestants.find(other => other.name === name);
    if (contestant === undefined)
      throw new Error(`no server ${name}: one of ${contestants.map(({ name: n }) => n).join(', ')}`);
    await load.run(contestant.target, { durationMs: options.warmUpMs });
    await contestant.process.startProfile();
    await load.run(contestant.target, { durationMs: 2 * options.turnMs });
    const measured = await contestant.process.stopProfile();
    await end();
    const file = join(root, '.cache', `bench-${page.name}-${name}.cpuprofile`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(measured));
    process.stdout.write(`\n${page.name}, ${name}\n${profileTable(measured, pathToFileURL(`${root}/`).href)}`);
    say(`written to ${file}`);
  }
  return 0;
}

async function start(page) {
  const directory = await mkdtemp(join(tmpdir(), 'guichet-bench-'));
  cleanUps.add(() => rm(directory, { recursive: true, force: true }));
  const contestants = await startContestants(page, directory, say, stop => cleanUps.add(stop));
  const load = new Load(options.connections);
  cleanUps.add(() => load.stop());
  return { contestants, load, end: () => cleanUps.run() };
}

function chosenPages(names) {
  const unknown = names.find(name => !benchPages.some(page => page.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`no case ${unknown}: one of ${benchPages.map(page => page.name).join(', ')}\n`);
    process.exit(2);
  }
  return benchPages.filter(page => names.length === 0 || names.includes(page.name));
}

function costs(name, samples) {
  const lines = [...samples].map(([server, measured]) => {
    const rate = median(measured.map(perCpuSecond).sort((a, b) => a - b));
    return `  ${server.padEnd(14)} ${String(Math.round(rate)).padStart(7)}/CPU s ${String(Math.round(1e6 / rate)).padStart(6)} µs/page`;
  });
  return [`${name}, on this machine (median of ${options.rounds} rounds)`, ...lines].join('\n');
}

function ratios(results) {
  let missed = false;
  const lines = Object.entries(results).map(([name, { ratio, n }]) => {
    const [pageName, rival] = name.split('/vs-');
    const bar = barsOf(benchPages.find(page => page.name === pageName))[rival];
    const good = ratio.median >= bar;
    missed ||= !good;
    const digits = [ratio.median, ratio.min, ratio.max].map(value => value.toFixed(2).padStart(7)).join('');
    return `  ${name.padEnd(34)}${digits}${String(n).padStart(4)}   >= ${String(bar).padEnd(4)} ${good ? 'met' : 'MISSED'}`;
  });
  const head = `  ${'requests per CPU second, ratio'.padEnd(34)} median    min    max   n   bar`;
  return { text: [head, ...lines].join('\n'), missed };
}
