import { parseArgs } from 'node:util';

const benchHelp = `Usage: npm run bench -- [options]

Measures pages of Guichet in requests per CPU second of the server process, interleaved in one run on one machine with
the same pages written by hand (node:http and undici's dispatch) and written as stock Nest (Express, @nestjs/axios,
forkJoin), over the same upstreams (nginx, static bodies); and pass-through routes with @fastify/http-proxy. Needs a
build and nginx.

  --case <name>      only this page: film-page, parallel-page, dependent-page or pass-through; may be given several times
  --rounds <n>       rounds, each measuring every server once (default 9)
  --seconds <s>      how long one measurement takes (default 2.5)
  --connections <n>  open connections of the load generator (default 32)
  --quick            a smoke run: 3 rounds of half a second; its numbers mean little
  --assert           exit code 1 when a bar is missed
  --out <file>       where the ratios go (default bench/results/latest.json; with --quick or --case: nowhere)
  --profile <server> no ratios: a CPU profile of one server (guichet, hand-written, stock-nest, http-proxy) under load,
                     as a table, and as bench-<case>-<server>.cpuprofile in the folder .cache
  --help             this text
`;

/**
 * @typedef {object} Options
 * @property {readonly string[]} cases    names of pages, all when empty
 * @property {number} rounds
 * @property {number} turnMs              milliseconds of one measurement
 * @property {number} warmUpMs            milliseconds of load before the first
 * @property {number} connections
 * @property {boolean} isShared           whether connections ask for the same pages at once
 * @property {boolean} assert
 * @property {string | undefined} out     a file, or undefined to write none
 * @property {string | undefined} profile a server's name
 */

/**
 * @param {readonly string[]} argv
 * @param {{ help?: string, out?: string }} [own]  another program's words, and where its results go
 * @returns {Options}  ends the process on `--help` and, with code 2, on options that mean nothing
 */
export function readOptions(argv, { help = benchHelp, out = 'bench/results/latest.json' } = {}) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        case: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string' },
        shared: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        assert: { type: 'boolean', default: false },
        out: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const whole = !values.quick && !values.shared && values.case.length === 0;
    return {
      cases: values.case,
      rounds: positive('--rounds', values.rounds, values.quick ? 3 : 9),
      turnMs: 1_000 * positive('--seconds', values.seconds, values.quick ? 0.5 : 2.5),
      warmUpMs: values.quick ? 500 : 4_000,
      connections: positive('--connections', values.connections, 32),
      isShared: values.shared,
      assert: values.assert,
      out: values.out ?? (whole ? out : undefined),
      profile: values.profile,
    };
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

function positive(name, text, otherwise) {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not ${text}`);
  return value;
}
