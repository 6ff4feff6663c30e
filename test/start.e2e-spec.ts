import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './support/http.js';
import { measured } from './support/measured.js';
import { Program } from './support/program.js';
import { until } from './support/until.js';

const main = 'scripts/main.mjs';

describe('npm start', () => {
  let start: Program;

  beforeAll(async () => {
    // Free ports; everything is built already, as `npm test` does before.
    start = new Program('start', main, { args: ['start', '--port', '0', '--management-port', '0'] });
    await start.said(/Ctrl-C ends everything/);
  }, 120_000);

  const rows = (): string[][] =>
    start.stdout
      .split('\n')
      .filter(line => /(http|grpc):\/\/127\.0\.0\.1:\d+/.test(line) && !/curl|browser|inspector/.test(line))
      .map(line => line.trim().split(/\s{2,}/));

  const pids = (): number[] => [...new Set(rows().map(row => Number(row.at(-1))))];

  it('says what runs where', () => {
    expect(rows().map(([what]) => what)).toEqual([
      'web BFF',
      'mobile BFF',
      'issuer',
      'catalog',
      'ratings',
      'pricing',
      'inventory',
      'recommendations',
      'profiles',
      'orders',
    ]);
    expect(pids().length).toBeGreaterThanOrEqual(3);
    for (const pid of pids()) expect(process.kill(pid, 0)).toBe(true);
  });

  it('shows three curl lines that work', async () => {
    const urls = [...start.stdout.matchAll(/^\s+curl (?:-i )?'?(http[^\s']+)/gm)].map(([, url]) => url!);
    expect(urls).toHaveLength(3);
    for (const url of urls) {
      const { status, headers, json } = await request(url);
      expect([url, status, headers['page-complete']]).toEqual([url, 200, '?1']);
      expect(json()).not.toHaveProperty('_sections');
    }
  });

  it('serves the browser client', async () => {
    const [, origin] = /In a browser: (\S+)/.exec(start.stdout) ?? [];
    const { status, body } = await request(origin!, { headers: { Accept: 'text/html' } });
    expect([status, body]).toEqual([200, expect.stringContaining('<script')]);
  });

  it('leaves no process within 2 s of Ctrl-C', async () => {
    const started = [start.pid, ...pids()];
    const startedAt = performance.now();
    await start.end('SIGINT');
    await until('all have ended', () => !started.some(isAlive), { limitMs: 5_000 });
    const tookMs = performance.now() - startedAt;
    measured('from Ctrl-C to the end of all processes', tookMs, 'ms');
    expect(tookMs).toBeLessThan(2_000);
  });
});

it('npm start says of a port in use what to do, in one line, and starts nothing', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const start = new Program('start', main, { args: ['start', '--port', String(port), '--management-port', '0'] });
  expect(await start.ended).toMatchObject({ code: 1 });
  other.close();
  expect(start.stdout).toBe('');
  expect(start.stderr.trim().split('\n')).toEqual([expect.stringMatching(new RegExp(`Port ${port} .*in use.*--port`))]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
