import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bff, startBff } from './support/bff.js';
import { fiftyFilms } from './support/films.js';
import { request } from './support/http.js';
import { Load } from './support/load.js';
import { repository } from './support/program.js';
import { type AllServices, fault, heal, requestsOf, startAllServices } from './support/services.js';

describe('what a BFF counts', () => {
  let services: AllServices;
  let web: Bff;

  beforeAll(async () => {
    services = await startAllServices();
    web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
  });

  /** Sums the series of a name whose labels hold all of these. */
  async function sum(name: string, ...labels: string[]): Promise<number> {
    const text = (await request(`${web.managementUrl}/metrics`)).body;
    return text
      .split('\n')
      .filter(line => new RegExp(`^${name}(?:\\{| )`).test(line) && labels.every(label => line.includes(label)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  it('is what the load generator counted, and what the services were asked', async () => {
    await heal(services.byName.catalog);
    const before = await sum('guichet_upstream_attempts_total', 'upstream="catalog"');
    const load = new Load(50, n => ({
      url: `${web.url}/pages/films/${n % 10 === 9 ? 999_999 : fiftyFilms[n % fiftyFilms.length]!.id}`,
    }));
    await load.reaches(1_000);
    await fault(services.byName.ratings, { status: 404 });
    await load.reaches(2_000);
    const { sent, byStatus, degraded } = await load.end();
    await heal(services.byName.ratings);

    const page = 'page="FilmPage"';
    expect(degraded).toBeGreaterThan(0);
    expect(byStatus['404']).toBeGreaterThan(0);
    expect(await sum('guichet_page_requests_total', page)).toBe(sent);
    expect(await sum('guichet_page_requests_total', page, 'outcome="degraded"')).toBe(degraded);
    expect(await sum('guichet_page_requests_total', page, 'outcome="complete"')).toBe(byStatus['200']! - degraded);
    expect(await sum('guichet_page_requests_total', page, 'code="upstream-status"')).toBe(byStatus['404']);
    expect(await sum('guichet_page_duration_seconds_count', page)).toBe(byStatus['200']);
    const asked = await requestsOf(services.byName.catalog);
    const attempts = (await sum('guichet_upstream_attempts_total', 'upstream="catalog"')) - before;
    expect(attempts).toBe(asked.length);
  });

  it('has as many series however many addresses are asked for', async () => {
    const series = async (): Promise<number> =>
      (await request(`${web.managementUrl}/metrics`)).body.split('\n').filter(line => line.startsWith('guichet_'))
        .length;
    await request(`${web.url}/pages/films/0`);
    const before = await series();
    for (let i = 0; i < 200; i++) {
      await request(`${web.url}/pages/films/9${i}`);
      await request(`${web.url}/nowhere/${i}`);
      await request(`${web.url}/pages/films/x${i}%22%0a`);
    }
    expect((await series()) - before).toBeLessThanOrEqual(2);
  });

  it('is shown to operators alone', async () => {
    expect((await request(`${web.url}/metrics`)).status).toBe(404);
  });

  it('stands in the docs, all of it', async () => {
    const text = (await request(`${web.managementUrl}/metrics`)).body;
    const shown = [...text.matchAll(/^# TYPE (guichet_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const docs = readFileSync(join(repository, 'docs/metrics.md'), 'utf8');
    const told = [...docs.matchAll(/^\| `(guichet_\w+)`\s*\| (\w+)/gm)].map(([, name, type]) => `${name} ${type}`);
    // Those of Consul are there where there is one.
    const ofConsul = [...docs.matchAll(/^\| `(guichet_\w+)`\s*\| (\w+)[^\n]*\| with Consul:/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(ofConsul).toHaveLength(3);
    expect([...shown, ...ofConsul].toSorted()).toEqual(told.toSorted());
  });

  it('is found right by promtool', async () => {
    const text = (await request(`${web.managementUrl}/metrics`)).body;
    const obtain = join(repository, 'scripts/servers/debian.mjs');
    let promtool: string;
    try {
      promtool = execFileSync(process.execPath, [obtain, 'promtool', 'prometheus'], { encoding: 'utf8' }).trim();
    } catch (error) {
      if (process.env['CI'] === 'true') throw error;
      process.stderr.write('SKIPPED: there is no promtool here\n');
      return;
    }
    // It says what is wrong on stderr, and ends with another code than 0.
    execFileSync(promtool, ['check', 'metrics'], { input: text, stdio: ['pipe', 'pipe', 'pipe'] });
  }, 120_000);
});
