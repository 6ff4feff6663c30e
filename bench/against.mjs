/** `node bench/against.mjs`, after a build: a change against what was there before it. See docs/performance.md. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { upstreamsFileText } from './contestants.mjs';
import { Load } from './generator/load.mjs';
import { guichetEnv } from './guichet-env.mjs';
import { measure } from './measure.mjs';
import { benchPages } from './pages/index.mjs';
import { compare } from './ratio.mjs';
import { assertSamePayload } from './same-payload.mjs';
import { ServerProcess } from './server-process.mjs';
import { freePorts } from './upstreams/free-ports.mjs';
import { startStaticUpstreams } from './upstreams/static-upstreams.mjs';

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
const cleanUps = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
try {
  await run();
} catch (error) {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function run() {
  const page = benchPages.find(({ name }) => name === values.case);
  const { exchanges, paths } = await page.record(say);
  const upstreams = await startStaticUpstreams(exchanges, say);
  cleanUps.push(upstreams.stop);
  const directory = await mkdtemp(join(tmpdir(), 'guichet-bench-'));
  cleanUps.push(() => rm(directory, { recursive: true, force: true }));
  const upstreamsFile = join(directory, 'upstreams.json');
  await writeFile(upstreamsFile, upstreamsFileText(upstreams.ports));

  const start = async (name, entry, env = {}) => {
    const [port, managementPort] = await freePorts(2);
    const ports = { PORT: String(port), MANAGEMENT_PORT: String(managementPort), UPSTREAMS_FILE: upstreamsFile };
    const server = new ServerProcess(name, entry, { ...guichetEnv, ...ports, ...env });
    cleanUps.push(() => server.stop());
    const url = `http://127.0.0.1:${port}`;
    await server.ready(url + paths[0]);
    return { name, url, process: server };
  };
  const servers = [await start('this', await page.guichet())];
  if (values.other !== undefined) servers.push(await start('other', await entryOf(values.other)));
  if (values.defaults !== undefined) {
    servers.push(await start('defaults', await page.guichet(), { BENCH_DEFAULTS: values.defaults }));
  }

  const answers = await assertSamePayload(servers, paths);
  const load = new Load(CONNECTIONS);
  cleanUps.push(() => load.stop());
  const contestants = servers.map(({ name, url, process: server }) => ({
    name,
    process: server,
    target: { url, paths, bodies: answers.get(name) },
  }));
  const samples = await measure(
    contestants,
    load,
    { rounds: values.rounds, turnMs: values.seconds * 1_000, warmUpMs: 4_000, connections: CONNECTIONS },
    say,
  );
  process.stdout.write(`\n${values.case}, this build = 1        median    min    max   n\n`);
  for (const { name } of servers.slice(1)) {
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

async function cleanUp() {
  while (cleanUps.length > 0)
    await cleanUps
      .pop()()
      .catch(error => say(error.message));
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
