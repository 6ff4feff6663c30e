import { renameSync, writeFileSync } from 'node:fs';
import { type Bff, startBff } from './support/bff.js';
import { type Answer, request } from './support/http.js';
import { measured } from './support/measured.js';
import {
  abortedOf,
  type AllServices,
  fault,
  heal,
  requestsOf,
  type ServiceName,
  serviceNames,
  startAllServices,
} from './support/services.js';
import { until } from './support/until.js';

let services: AllServices;
let web: Bff;

/** Ports that are nobody's: connections are refused. Two, so that the other is tried as well. */
const nobody = ['127.0.0.1:1', '127.0.0.1:2'];

beforeAll(async () => {
  services = await startAllServices();
  web = await startBff('web', { DISCOVERY: 'static', UPSTREAMS_FILE: services.upstreamsFile });
});

afterEach(async () => {
  for (const name of serviceNames) await heal(services.byName[name]);
});

const film = (): Promise<Answer> => request(`${web.url}/pages/films/1`);
const strike = (name: ServiceName, kind: Readonly<Record<string, unknown>>) => fault(services.byName[name], kind);

/** Tells the BFF where services are, other than where they run; waits until it knows. */
async function place(places: Partial<Record<ServiceName, string[]>>): Promise<void> {
  const usual = Object.values(services.byName).map(({ name, host, port }) => [name, [`${host}:${port}`]]);
  const draft = `${services.upstreamsFile}.new`;
  writeFileSync(draft, JSON.stringify({ ...Object.fromEntries(usual), ...places }));
  renameSync(draft, services.upstreamsFile);
  const expected = Object.fromEntries(serviceNames.map(name => [name, places[name]?.length ?? 1]));
  await until('the BFF follows the file', async () => {
    const { details } = (await request(`${web.managementUrl}/health/ready?verbose`)).json() as Health;
    return serviceNames.every(name => details[`upstream ${name}`]?.instances === expected[name]);
  });
}

interface Health {
  readonly details: Readonly<Record<string, { readonly instances?: number } | undefined>>;
}

describe('an optional service in trouble', () => {
  it.each([
    ['answers 500', { status: 500 }, 'upstream-status'],
    ['resets connections', { reset: true }, 'upstream-reset'],
    ['is slower than its timeout', { delayMs: 5_000 }, 'upstream-timeout'],
    ['drips its body', { dripMs: 200 }, 'upstream-timeout'],
    ['sends broken JSON', { malformed: true }, 'upstream-malformed'],
  ])('that %s costs its section and no more', async (_, kind, reason) => {
    await strike('ratings', kind);
    const { status, headers, json } = await film();
    expect(status).toBe(200);
    expect(headers['page-complete']).toBe('?0');
    const payload = json() as Record<string, unknown>;
    expect(payload['_sections']).toEqual({ ratings: { state: 'omitted', reason } });
    expect(payload).not.toHaveProperty('ratings');
    expect(payload).toMatchObject({
      film: { id: 1 },
      price: { currency: 'EUR' },
      stock: expect.any(Array) as unknown[],
    });
  });

  it('is replaced by the fallback where one is declared', async () => {
    await strike('recommendations', { status: 503 });
    const { status, headers, json } = await film();
    expect([status, headers['page-complete']]).toEqual([200, '?0']);
    expect(json()).toMatchObject({
      similar: [],
      _sections: { similar: { state: 'fallback', reason: 'upstream-status' } },
    });
  });

  it('is missed by name when nobody listens there, and when it has no instance', async () => {
    try {
      await place({ ratings: nobody, inventory: [] });
      const { status, headers, json } = await film();
      expect([status, headers['page-complete']]).toEqual([200, '?0']);
      expect((json() as Record<string, unknown>)['_sections']).toEqual({
        ratings: { state: 'omitted', reason: 'upstream-refused' },
        stock: { state: 'omitted', reason: 'no-instances' },
      });
    } finally {
      await place({});
    }
    expect((await film()).headers['page-complete']).toBe('?1');
  });

  it('leaves the page whole again once it is well', async () => {
    await strike('ratings', { status: 500, times: 1 });
    expect((await film()).headers['page-complete']).toBe('?0');
    expect((await film()).headers['page-complete']).toBe('?1');
  });
});

describe('a required service in trouble', () => {
  it.each([
    ['answers 500', { status: 500 }, 502, 'upstream-status'],
    ['answers 401', { status: 401 }, 502, 'upstream-status'],
    ['resets connections', { reset: true }, 502, 'upstream-reset'],
    ['sends broken JSON', { malformed: true }, 502, 'upstream-malformed'],
    ['is slower than its timeout', { delayMs: 5_000 }, 504, 'upstream-timeout'],
    ['answers 429', { status: 429 }, 503, 'upstream-status'],
  ])('that %s fails the page', async (_, kind, status, code) => {
    await strike('pricing', kind);
    expectProblem(await film(), status, code, 'price');
  });

  it.each([
    ['where nobody listens', nobody, 502, 'upstream-refused'],
    ['without an instance', [], 503, 'no-instances'],
  ])('%s fails the page', async (_, places, status, code) => {
    try {
      await place({ pricing: places });
      const answer = await film();
      expectProblem(answer, status, code, 'price');
      if (status === 503) expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    } finally {
      await place({});
    }
  });

  it('that has no such film is a 404', async () => {
    expectProblem(await request(`${web.url}/pages/films/999999`), 404, 'upstream-status', 'film');
  });
});

describe('a client that goes away', () => {
  it('takes every call of its page along within 100 ms', async () => {
    for (const name of ['catalog', 'ratings'] as const) await strike(name, { delayMs: 5_000 });
    const leaving = new AbortController();
    const page = request(`${web.url}/pages/films/1`, { signal: leaving.signal }).catch((error: Error) => error.name);
    const sum = async (count: (name: ServiceName) => Promise<number>) =>
      (await count('catalog')) + (await count('ratings'));
    await until(
      'both services were asked',
      async () => (await sum(async name => (await requestsOf(services.byName[name])).length)) === 2,
    );
    expect(await sum(name => abortedOf(services.byName[name]))).toBe(0);
    leaving.abort();
    const tookMs = await until('both saw it', async () => (await sum(name => abortedOf(services.byName[name]))) === 2, {
      everyMs: 1,
    });
    expect(await page).toBe('AbortError');
    measured('from the client leaving to the services seeing it', tookMs, 'ms');
    expect(tookMs).toBeLessThan(100);
  });
});

function expectProblem(answer: Answer, status: number, code: string, section: string): void {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = answer.json() as Record<string, unknown>;
  expect([answer.status, problem['status'], problem['code'], problem['failures']]).toEqual([
    status,
    status,
    expect.any(String),
    [{ section, code }],
  ]);
  expect(problem).toMatchObject({
    type: expect.any(String) as string,
    title: expect.any(String) as string,
    instance: expect.any(String) as string,
    requestId: expect.any(String) as string,
  });
  // No host, stack or upstream body leaves.
  expect(answer.body).not.toMatch(/127\.0\.0\.1|\bat .*\.js|injected-fault/);
}
