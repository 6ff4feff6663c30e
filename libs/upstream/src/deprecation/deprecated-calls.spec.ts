import { Logger } from '@nestjs/common';
import { BootError, type CallDeprecationOptions, PageTrace } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import { fakeUpstream, type FakeUpstream, reply } from 'guichet/testing';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { UpstreamRegistry } from '../upstream-registry.js';
import { Upstream } from '../upstream.decorator.js';
import { Deprecated } from './deprecated.decorator.js';

@Upstream('pricing')
class PricingClient extends HttpUpstream {
  @Deprecated({ since: '2020-01-01', sunset: '2999-01-01', successor: 'quotes' })
  quote(sku: string) {
    return this.get('/prices/:sku', { params: { sku } });
  }

  quotes() {
    return this.get('/prices');
  }
}

@Deprecated({ since: '2020-01-01', sunset: '2021-01-01' })
@Upstream('legacy')
class LegacyClient extends HttpUpstream {
  film(id: number) {
    return this.get('/films/:id', { params: { id } });
  }
}

describe('calls that are deprecated', () => {
  const said: string[] = [];
  let metrics: Metrics;
  let fake: FakeUpstream;
  let rig: UpstreamRig;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((message: string) => void said.push(message));
    metrics = new Metrics();
    fake = await fakeUpstream({
      'GET /prices/:sku': () => reply(200, { cents: 1 }),
      'GET /prices': () => reply(200, []),
      'GET /films/:id': () => reply(200, {}),
    });
    const fakes = { pricing: [fake], legacy: [fake] };
    rig = await upstreamRig([PricingClient, LegacyClient], { fakes, metrics });
  });
  afterAll(async () => {
    await rig.close();
    await fake.close();
    jest.restoreAllMocks();
  });

  function contextFor(route: string | undefined) {
    const context = contextOf();
    context.request.route = route;
    return context;
  }

  it('are told of at boot, those that ended already, too', () => {
    expect(said).toEqual([
      'PricingClient.quote is deprecated since 2020-01-01, ends on 2999-01-01; instead: quotes',
      'upstream legacy is retired, its end was 2021-01-01',
    ]);
  });

  it('work as before, are counted by who makes them, and logged once for each', async () => {
    said.length = 0;
    const pricing = rig.app.get(PricingClient);
    const legacy = rig.app.get(LegacyClient);
    for (const route of ['/pages/films/:id', '/pages/films/:id', '/pages/home', undefined]) {
      expect(await started(pricing.in(contextFor(route)).quote('a')).outcome).toEqual({ cents: 1 });
      await started(pricing.in(contextFor(route)).quotes()).outcome;
      await started(legacy.in(contextFor(route)).film(7)).outcome;
    }
    const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('guichet_deprecated_calls_total{'));
    expect(lines.map(line => line.slice('guichet_deprecated_calls_total'.length))).toEqual([
      '{upstream="pricing",call="PricingClient.quote",route="/pages/films/:id"} 2',
      '{upstream="legacy",call="GET /films/:id",route="/pages/films/:id"} 2',
      '{upstream="pricing",call="PricingClient.quote",route="/pages/home"} 1',
      '{upstream="legacy",call="GET /films/:id",route="/pages/home"} 1',
      '{upstream="pricing",call="PricingClient.quote",route="none"} 1',
      '{upstream="legacy",call="GET /films/:id",route="none"} 1',
    ]);
    expect(said).toHaveLength(6);
    expect(said[0]).toBe(
      '/pages/films/:id uses PricingClient.quote of pricing, which is deprecated since 2020-01-01, ends on 2999-01-01; instead: quotes',
    );
  });

  it('tell who made them, with the sections that were traced', async () => {
    const sections = ['price', 'old'].map(name => ({ name, isRequired: true, needs: [] }));
    const page = new PageTrace({ name: 'FilmPage', sections }, 0, 0, 800);
    const context = contextFor('/pages/films/:id');
    context.request.trace = page;
    for (const trace of page.sections)
      await started(
        rig.app
          .get(PricingClient)
          .in({ ...context, trace })
          .quote('a'),
      ).outcome;
    await started(
      rig.app
        .get(LegacyClient)
        .in({ ...context, trace: page.sections[1] })
        .film(7),
    ).outcome;
    const told = rig.app.get(UpstreamRegistry).deprecated.map(({ upstream, client, method, uses }) => ({
      what: [upstream, client, method],
      uses: uses.map(use => [use.call, use.route, use.count, ...use.sections.map(({ section }) => section)]),
    }));
    expect(told).toEqual([
      {
        what: ['legacy', 'LegacyClient', undefined],
        uses: [
          ['GET /films/:id', '/pages/films/:id', 3, 'old'],
          ['GET /films/:id', '/pages/home', 1],
          ['GET /films/:id', 'none', 1],
        ],
      },
      {
        what: ['pricing', 'PricingClient', 'quote'],
        uses: [
          ['PricingClient.quote', '/pages/films/:id', 4, 'price', 'old'],
          ['PricingClient.quote', '/pages/home', 1],
          ['PricingClient.quote', 'none', 1],
        ],
      },
    ]);
  });

  it('cost other upstreams no layer', () => {
    const names = (client: object): number =>
      (client as { runtime(): { layers: readonly { name: string }[] } })
        .runtime()
        .layers.filter(({ name }) => name === 'deprecation').length;
    expect([names(rig.app.get(PricingClient)), names(rig.app.get(LegacyClient))]).toEqual([0, 1]);
  });
});

it('a declaration that is wrong stops the boot', async () => {
  @Upstream('pricing')
  class WrongClient extends HttpUpstream {
    @Deprecated({ since: 'soon' } satisfies CallDeprecationOptions)
    quote() {
      return this.get('/prices');
    }
  }
  const problems = await upstreamRig([WrongClient]).then(
    () => [],
    (error: unknown) => (error instanceof BootError ? error.problems : [error]),
  );
  expect(problems).toEqual([
    expect.objectContaining({ where: '@Deprecated of WrongClient.quote', path: 'since', value: '"soon"' }),
  ]);
});
