import { type Bff, launchBff } from '../support/bff.js';
import { Consul } from '../support/consul.js';
import { fiftyFilms } from '../support/films.js';
import { request } from '../support/http.js';
import type { ProgramOptions } from '../support/program.js';
import { startAllServices } from '../support/services.js';
import { until } from '../support/until.js';

export const KEY = 'guichet/web/configuration';

/** What is long on a busy machine, milliseconds. */
export const PATIENT = { limitMs: 30_000, everyMs: 50 } as const;

interface Report {
  readonly http: number;
  readonly status: string;
  readonly details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A Consul that wants a token for everything, the example's services in it, and BFFs that have one. */
export class Rig {
  private constructor(
    readonly consul: Consul,
    private readonly services: Awaited<ReturnType<typeof startAllServices>>,
  ) {}

  static async start(): Promise<Rig> {
    const [consul, services] = await Promise.all([Consul.start({ hasAcls: true }), startAllServices()]);
    for (const { name, host, port } of Object.values(services.byName)) {
      // Whether they are well is not the matter here, and a check that is late would be noise.
      await consul.call('PUT', 'agent/service/register', { ID: name, Name: name, Address: host, Port: port });
    }
    return new Rig(consul, services);
  }

  async stop(): Promise<void> {
    await this.consul.kill();
    await this.services.program.end('SIGKILL');
  }

  /** @returns a BFF once it listens, ready or not */
  launch(token: string | undefined, env: ProgramOptions['env'] = {}): Promise<Bff> {
    return launchBff('web', {
      DISCOVERY: 'consul',
      LIVE_CONFIGURATION: 'consul',
      CONSUL_HTTP_ADDR: this.consul.address,
      CONSUL_HTTP_TOKEN: token,
      // Only what Consul allows may make a page fail here, not how busy the machine is.
      SHEDDING: 'off',
      ...env,
    });
  }

  async write(document: unknown): Promise<void> {
    await this.consul.call('PUT', `kv/${KEY}`, document);
  }

  /** Has all queries that wait answered, so that what is not allowed any more is seen now and not within a minute. */
  async wake(bff?: Bff): Promise<void> {
    const meta = { Meta: { woken: String(Date.now()) } };
    for (const { name, host, port } of Object.values(this.services.byName)) {
      await this.consul.call('PUT', 'agent/service/register', {
        ID: name,
        Name: name,
        Address: host,
        Port: port,
        ...meta,
      });
    }
    if (bff === undefined) return;
    const own = { ID: `web-127.0.0.1:${bff.port}`, Name: 'web', Address: '127.0.0.1', Port: bff.port };
    await this.consul.call('PUT', 'agent/service/register', { ...own, ...meta });
  }

  /** @returns what a replica says of itself in Consul, if anything */
  async statusOf(bff: Bff): Promise<{ readonly condition: string } | undefined> {
    const entries = (await this.consul.call('GET', `kv/guichet/web/status/?keys`).catch(() => [])) as string[];
    const key = entries.find(name => name.endsWith(`:${bff.port}`));
    if (key === undefined) return undefined;
    const [entry] = (await this.consul.call('GET', `kv/${key}`)) as { Value: string }[];
    return JSON.parse(Buffer.from(entry!.Value, 'base64').toString()) as { condition: string };
  }
}

export async function reportOf(bff: Bff): Promise<Report> {
  const answer = await request(`${bff.managementUrl}/health/ready?verbose`);
  return { http: answer.status, ...(answer.json() as Omit<Report, 'http'>) };
}

export const untilReady = (bff: Bff): Promise<number> =>
  until('the app is ready', async () => (await reportOf(bff)).http === 200, PATIENT);

export async function metricOf(bff: Bff, series: string): Promise<number> {
  const text = (await request(`${bff.managementUrl}/metrics`)).body;
  const line = text.split('\n').find(one => one.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

/** @returns the lines of an app's log that have this in them */
export const said = ({ program }: Bff, text: string): readonly string[] =>
  program.stdout.split('\n').filter(line => line.includes(text));

export async function filmOf(bff: Bff): Promise<{ readonly status: number; readonly sections: unknown }> {
  const { status, json } = await request(`${bff.url}/pages/films/${fiftyFilms[0]!.id}`);
  return { status, sections: status === 200 ? (json() as { _sections?: unknown })._sections : undefined };
}

/** Waits for a page that is all there: what it asks may be late on a busy machine. */
export const untilWhole = (bff: Bff): Promise<number> =>
  until(
    'a page is whole',
    async () => {
      const { status, sections } = await filmOf(bff);
      return status === 200 && sections === undefined;
    },
    PATIENT,
  );

/** Waits until so many more queries failed: long enough for what loops to be seen. */
export async function moreFailures(bff: Bff, upstream: string, count: number): Promise<void> {
  const failures = (): Promise<number> =>
    metricOf(bff, `guichet_discovery_query_failures_total{upstream="${upstream}"}`);
  const before = await failures();
  await until(`${count} more queries failed`, async () => (await failures()) >= before + count, PATIENT);
}

/** All that an app tells anybody who may look. */
export async function everythingOf(bff: Bff): Promise<string> {
  const paths = [
    'metrics',
    'health/ready?verbose',
    'live-configuration',
    ...['app', 'configuration', 'upstreams', 'limits', 'live-configuration', 'executions'].map(
      name => `inspector/api/${name}`,
    ),
  ];
  const answers = await Promise.all(paths.map(path => request(`${bff.managementUrl}/${path}`)));
  return [bff.program.stdout, bff.program.stderr, ...answers.map(({ body }) => body)].join('\n');
}

/** Ends an app in good order, and looks a last time whether it told its token. */
export async function endWithoutTelling(bff: Bff, token: string): Promise<void> {
  const told = await everythingOf(bff);
  expect(told).toContain('guichet_discovery_stale');
  expect(told).not.toContain(token);
  const { code } = await bff.program.end();
  expect(code).toBe(0);
  expect(bff.program.stdout + bff.program.stderr).not.toContain(token);
}
