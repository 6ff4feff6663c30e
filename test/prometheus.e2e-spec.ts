/** The committed rules and dashboard, on a real Prometheus that looks at both built apps. Durations of the rules are a hundredth. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RealRedis } from 'guichet/testing';
import { withAllChosen, panels } from '../deploy/checks/dashboard.js';
import { documented } from '../deploy/checks/known-metrics.js';
import { as, type Bff, startBff } from './support/bff.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { fiftyFilms } from './support/films.js';
import { request } from './support/http.js';
import { Load } from './support/load.js';
import { describeWithPrometheus, Prometheus, promtool } from './support/prometheus.js';
import { scratchFolder, type Service, type ServiceName, serviceNames, startService } from './support/services.js';
import { until } from './support/until.js';

const FACTOR = 100;
const PER_SECOND = 40;
/** What an alert waits for, at most: a recorded window, `for`, and what the breaker and Consul take. */
const RAISED_WITHIN = { limitMs: 40_000, everyMs: 100 };

/** How fast this machine is shows in these, and is not what is tested here. */
const ofTheMachine = /^Guichet(PagesSlow|EventLoopLate|MemoryHigh)/;

jest.setTimeout(90_000);

describeWithPrometheus('promtool', () => {
  it('finds the configuration and the rules right', () => {
    expect(promtool(['check', 'config', 'prometheus.yml'])).toContain('SUCCESS');
    expect(promtool(['check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml'])).toContain('SUCCESS');
  });

  it('sees every alert raised and cleared as rules.test.yaml says', () => {
    expect(promtool(['test', 'rules', 'rules.test.yaml'])).toContain('SUCCESS');
  });
});

const describeWithBoth = (name: string, body: () => void): void =>
  describeWithPrometheus('with a Prometheus', () => describeWithConsul(name, body));

describeWithBoth('Prometheus, looking at both BFFs', () => {
  const bffs: Record<string, Bff> = {};
  const running = new Map<ServiceName, Service[]>();
  let env: Record<string, string>;
  let consul: Consul;
  let redis: RealRedis;
  let prometheus: Prometheus;
  let load: Load;

  beforeAll(async () => {
    [consul, redis] = await Promise.all([Consul.start(), new RealRedis().start()]);
    const folder = scratchFolder();
    const live = join(folder, 'live.json');
    writeFileSync(live, '{}');
    env = {
      DISCOVERY: 'consul',
      CONSUL_HTTP_ADDR: consul.address,
      SHOP_DATA_DIR: folder,
      LIVE_CONFIGURATION: 'file',
      LIVE_CONFIGURATION_FILE: live,
    };
    for (const name of serviceNames) await startInstances(name, name === 'catalog' ? 2 : 1);
    for (const name of ['web', 'mobile'] as const) bffs[name] = await startBff(name, { ...env, REDIS_URL: redis.url });
    await until('Consul knows all', async () => (await consul.passing('catalog')) === 2);
    prometheus = await Prometheus.start(
      Object.fromEntries(Object.values(bffs).map(({ name, managementUrl }) => [name, new URL(managementUrl).host])),
      FACTOR,
    );
    const customer = await as('c3');
    load = new Load(PER_SECOND, n => {
      const bff = bffs[n % 2 ? 'web' : 'mobile']!;
      const page = n % 10 < 8 ? `films/${fiftyFilms[n % fiftyFilms.length]!.id}` : n % 10 === 8 ? 'home' : 'account';
      return { url: `${bff.url}/pages/${page}`, headers: { ...customer } };
    });
  });

  afterAll(async () => {
    await load?.end();
    await Promise.all([prometheus?.stop(), redis?.stop(), consul?.kill()]);
  });

  async function startInstances(name: ServiceName, count: number): Promise<void> {
    running.set(name, await Promise.all(Array.from({ length: count }, () => startService(name, env))));
  }

  async function kill(name: ServiceName): Promise<void> {
    await Promise.all(running.get(name)!.map(({ program }) => program.end('SIGKILL')));
  }

  const raised = async (): Promise<readonly string[]> =>
    (await prometheus.alerts()).filter(alert => !ofTheMachine.test(alert));

  const untilRaised = (...alerts: string[]) =>
    until(
      `raised: ${alerts.join(', ')}`,
      async () => {
        const now = await raised();
        return alerts.every(alert => now.includes(alert));
      },
      RAISED_WITHIN,
    );

  const untilCleared = () => until('all is clear', async () => (await raised()).length === 0, RAISED_WITHIN);

  /** Fails the test when something else was raised since. */
  async function expectOnly(since: number, related: RegExp): Promise<void> {
    const all = await prometheus.alertsWithin(performance.now() - since);
    expect(all.filter(alert => !ofTheMachine.test(alert) && !related.test(alert))).toEqual([]);
  }

  it('scrapes both, evaluates every rule, and raises nothing while all is well', async () => {
    await until(
      'both apps are counted',
      async () => (await prometheus.query('app_page:guichet_page_requests:rate5m{page="FilmPage"} > 10')).length === 2,
      RAISED_WITHIN,
    );
    expect((await prometheus.query('up{job="guichet"} == 1')).map(({ metric }) => metric['app']!).toSorted()).toEqual([
      'mobile',
      'web',
    ]);
    expect((await prometheus.rules()).filter(({ health }) => health !== 'ok')).toEqual([]);
    // Where the apps were started a moment ago, a machine under load may have been late for a page or two.
    await untilCleared();
  });

  it('finds the metrics of both right, those of Redis, Consul and live configuration included', async () => {
    for (const { managementUrl } of Object.values(bffs))
      promtool(['check', 'metrics'], (await request(`${managementUrl}/metrics`)).body);
    const elsewhere = documented().filter(({ condition }) => condition?.startsWith('with '));
    expect(elsewhere).toHaveLength(11);
    const { body } = await request(`${bffs['web']!.managementUrl}/metrics`);
    for (const { name } of elsewhere) expect(body).toMatch(new RegExp(`^# TYPE ${name} `, 'm'));
  });

  it('is shown what docs/metrics.md says, labels included', async () => {
    const shown = (await Promise.all(Object.values(bffs).map(bff => request(`${bff.managementUrl}/metrics`))))
      .map(({ body }) => body)
      .join('');
    const types = new Map([...shown.matchAll(/^# TYPE (guichet_\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type]));
    const here = documented().filter(({ condition }) => condition !== 'without Redis');
    expect([...types.keys()].toSorted()).toEqual(here.map(({ name }) => name).toSorted());
    for (const { name, type, labels } of here) {
      expect([name, types.get(name)]).toEqual([name, type]);
      const suffix = type === 'histogram' ? '_sum' : '';
      const series = [...shown.matchAll(new RegExp(`^${name}${suffix}(?:\\{(.*)\\})? \\S+$`, 'gm'))];
      for (const [, text = ''] of series)
        expect([name, [...text.matchAll(/(\w+)="/g)].map(([, label]) => label)]).toEqual([name, [...labels]]);
    }
  });

  it('an optional service killed: pages are degraded, its absence is told, nothing else; its return clears it', async () => {
    const since = performance.now();
    await kill('ratings');
    await untilRaised(
      'GuichetPagesDegraded mobile FilmPage',
      'GuichetPagesDegraded web FilmPage',
      'GuichetUpstreamNoInstances mobile ratings',
      'GuichetUpstreamNoInstances web ratings',
    );
    await startInstances('ratings', 1);
    await untilCleared();
    await expectOnly(since, /^Guichet(PagesDegraded \w+ (FilmPage|HomePage)|(Upstream|Breaker|Retry)\w+ \w+ ratings)$/);
  });

  it('a required service killed: pages fail by it, and nobody else is blamed; its return clears it', async () => {
    const since = performance.now();
    await kill('catalog');
    await untilRaised(
      'GuichetPagesFailingByUpstream mobile FilmPage',
      'GuichetPagesFailingByUpstream web FilmPage',
      'GuichetUpstreamNoInstances mobile catalog',
      'GuichetUpstreamNoInstances web catalog',
    );
    await startInstances('catalog', 2);
    await untilCleared();
    // The account's lists of films are optional sections, and built on the catalog.
    await expectOnly(
      since,
      /^Guichet(PagesFailingByUpstream \w+ (FilmPage|HomePage)|PagesDegraded \w+ AccountPage|\w+ \w+ catalog)$/,
    );
  });

  it('Consul killed: pages go on, and it is told that what is known is old; its return clears it', async () => {
    const since = performance.now();
    await consul.kill();
    await untilRaised('GuichetDiscoveryStale mobile', 'GuichetDiscoveryStale web');
    await consul.startAgain();
    await untilCleared();
    // It comes back empty: those that have not registered again yet seem to have vanished, and are kept.
    await expectOnly(since, /^GuichetDiscovery(Stale|Vanished) /);
  });

  it('an app killed: it is missed; its return clears it', async () => {
    const { port, managementUrl, program } = bffs['mobile']!;
    await program.end('SIGKILL');
    await untilRaised('GuichetTargetDown mobile');
    bffs['mobile'] = await startBff('mobile', {
      ...env,
      REDIS_URL: redis.url,
      PORT: String(port),
      MANAGEMENT_PORT: new URL(managementUrl).port,
    });
    await untilCleared();
  });

  it('has answered every panel of the dashboard by now, but for what did not happen', async () => {
    const silent: string[] = [];
    for (const { title, targets = [] } of panels()) {
      const expressions = targets.map(({ expr }) => withAllChosen(expr, '5s'));
      const answers = await Promise.all(
        expressions.map(expression => prometheus.query(`last_over_time((${expression})[5m:1s])`)),
      );
      if (targets.length > 0 && answers.flat().length === 0) silent.push(title);
    }
    // Nobody asked too much; no collector takes traces; sessions are in memory only without Redis.
    const quiet = ['Calls that were spared or held back', 'Ejections', 'Shed', 'Spans of traces', 'Sessions in memory'];
    // Nobody asked for what is deprecated, and the example has no versions side by side.
    quiet.push('Who uses what is deprecated', 'Calls that are deprecated');
    quiet.push('Calls by subset', 'Weights and failures by subset', 'p95 of attempts by subset', 'Subsets left');
    expect(silent.filter(title => !quiet.includes(title))).toEqual([]);
    expect(silent).toContain('Sessions in memory');
  });
});
