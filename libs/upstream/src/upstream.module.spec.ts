import { Test } from '@nestjs/testing';
import { InstanceSource } from 'guichet/discovery';
import { BootError, type BootProblem, BootProblems } from 'guichet/kernel';
import { fakeUpstream, reply, reset } from 'guichet/testing';
import { contextOf, ManualSource, started, upstreamRig } from '../test/upstream-rig.js';
import type { Attempt } from './attempt.js';
import { upstreamHttpToken } from './axios/inject-upstream-http.js';
import { HttpUpstream } from './http-upstream.js';
import { UpstreamClient } from './upstream-client.js';
import { Upstream, type UpstreamClass } from './upstream.decorator.js';
import { upstreamConfigs, type UpstreamModuleOptions } from './upstream-configs.js';
import { UpstreamEvents } from './upstream-events.js';
import { UpstreamRegistry } from './upstream-registry.js';
import { UpstreamModule } from './upstream.module.js';

@Upstream('catalog', { timeoutMs: 300, maxRetries: 0 })
class CatalogClient extends HttpUpstream {
  thing() {
    return this.get('/thing');
  }
}

@Upstream('pricing')
class PricingClient extends HttpUpstream {}

class Undecorated extends HttpUpstream {}

@Upstream('catalog', { timeoutMs: 301, maxRetries: 0 })
class OtherCatalogClient extends HttpUpstream {}

@Upstream('catalog', { maxRetries: 0, timeoutMs: 300 })
class SameCatalogClient extends HttpUpstream {}

function configs(clients: readonly UpstreamClass[], options: UpstreamModuleOptions = {}) {
  const problems = new BootProblems();
  return { configs: upstreamConfigs(clients, options, problems).upstreams, problems: problems.all };
}

describe('the options of an upstream', () => {
  it('come from defaults, over them @Upstream, over it overrides', () => {
    const { configs: found, problems } = configs([CatalogClient, PricingClient], {
      defaults: { timeoutMs: 1, maxRetries: 1, maxBytes: 7 },
      overrides: { catalog: { timeoutMs: 2 } },
    });
    expect(problems).toEqual([]);
    expect(found.get('catalog')).toMatchObject({ timeoutMs: 2, maxRetries: 0, maxBytes: 7, maxConnections: 128 });
    expect(found.get('pricing')).toMatchObject({ timeoutMs: 1, maxRetries: 1, maxBytes: 7 });
    expect(Object.isFrozen(found.get('catalog'))).toBe(true);
  });

  it('are all checked, and every problem names its place', () => {
    const { problems } = configs([CatalogClient, Undecorated, OtherCatalogClient], {
      defaults: { maxBytes: -1 },
      overrides: { catalog: { timeoutMs: '300' as never, tiemoutMs: 1 } as never, pricnig: {} },
    });
    const told = problems.map(({ where, path }: BootProblem) => `${where}: ${path}`);
    expect(told).toEqual([
      'UpstreamModule: clients.Undecorated',
      'upstream catalog: OtherCatalogClient',
      'UpstreamModule: overrides.pricnig',
      'upstream catalog: timeoutMs (UpstreamModule overrides.catalog)',
      'upstream catalog: maxBytes (UpstreamModule defaults)',
      'upstream catalog: tiemoutMs',
    ]);
  });

  it('may be said twice in the same words', () => {
    expect(configs([CatalogClient, SameCatalogClient]).problems).toEqual([]);
  });

  it('refuse what the module does not know', () => {
    expect(configs([], { default: {} } as never).problems).toMatchObject([
      { where: 'UpstreamModule', path: 'default' },
    ]);
  });
});

describe('UpstreamModule', () => {
  it('refuses two clients of one upstream that speak differently', async () => {
    const protocol = { name: 'pigeon', open: () => ({}) };
    @Upstream('catalog', { timeoutMs: 300, maxRetries: 0 })
    class PigeonClient extends UpstreamClient {
      static readonly protocol = protocol as never;
    }
    await expect(upstreamRig([CatalogClient, PigeonClient])).rejects.toThrow(
      /upstream catalog · PigeonClient: speaks pigeon, and another client of the same upstream speaks http/,
    );
  });

  it('has every client make ready what it declares, and note what is wrong with it', async () => {
    @Upstream('catalog')
    class WrongClient extends HttpUpstream {
      static prepare(problems: BootProblems): void {
        problems.add({ where: 'upstream catalog', path: this.name, message: 'is wrong', mend: 'mend it' });
      }
    }
    await expect(upstreamRig([WrongClient])).rejects.toThrow(/WrongClient.*is wrong/);
  });

  it('has no axios for what speaks no HTTP', async () => {
    @Upstream('pigeons')
    class PigeonClient extends UpstreamClient {
      static readonly protocol = { name: 'pigeon', open: () => ({ transport: {}, connect: () => ({}) }) } as never;
    }
    const { app, close } = await upstreamRig([PigeonClient]);
    expect(() => app.get(UpstreamRegistry).upstream('pigeons').http).toThrow(
      '"pigeons" speaks pigeon, axios only HTTP',
    );
    expect(() => app.get(upstreamHttpToken('pigeons'))).toThrow(/could not find/);
    await close();
  });

  it('ends the boot with what is wrong, where nobody gathers problems', async () => {
    await expect(upstreamRig([Undecorated])).rejects.toThrow(BootError);
  });

  it('notes what is wrong where an app gathers problems', async () => {
    const problems = new BootProblems();
    const provided = [
      { provide: BootProblems, useValue: problems },
      { provide: InstanceSource, useValue: new ManualSource() },
    ];
    const app = await Test.createTestingModule({
      imports: [
        { module: class Shared {}, global: true, providers: provided, exports: provided.map(({ provide }) => provide) },
        UpstreamModule.forRoot({ clients: [CatalogClient], overrides: { nobody: {} } }),
      ],
    }).compile();
    expect(problems.all).toMatchObject([{ path: 'overrides.nobody' }]);
    await app.close();
  });

  it('takes options that are known later', async () => {
    const app = await Test.createTestingModule({
      imports: [
        UpstreamModule.forRootAsync({
          clients: [CatalogClient],
          imports: [
            {
              module: class Shared {},
              providers: [
                { provide: InstanceSource, useValue: new ManualSource() },
                { provide: 'TIMEOUT', useValue: 77 },
              ],
              exports: [InstanceSource, 'TIMEOUT'],
            },
          ],
          inject: ['TIMEOUT'],
          useFactory: async (timeoutMs: number) => ({ overrides: { catalog: { timeoutMs } } }),
        }),
      ],
    }).compile();
    expect(app.get(UpstreamRegistry).upstream('catalog').config.timeoutMs).toBe(77);
    await app.close();
  });

  it('is ready once the first snapshot of every upstream was seen, an empty one too', async () => {
    const rig = await upstreamRig([CatalogClient, PricingClient]);
    const registry = rig.app.get(UpstreamRegistry);
    rig.source.set('catalog');
    expect(registry.upstreams.map(({ name, isReady }) => [name, isReady])).toEqual([
      ['catalog', true],
      ['pricing', false],
    ]);
    expect(registry.isReady).toBe(false);
    rig.source.set('pricing');
    expect(registry.isReady).toBe(true);
    await rig.close();
  });

  it('tells UpstreamEvents of every attempt', async () => {
    const broken = await fakeUpstream({ 'GET /thing': () => reset() });
    const sound = await fakeUpstream({ 'GET /thing': () => reply(204) });
    const told: string[] = [];
    const where = ({ number, endpoint }: Attempt): string =>
      `${number} ${endpoint!.address === `127.0.0.1:${broken.port}` ? 'broken' : 'sound'}`;
    class Told extends UpstreamEvents {
      attemptStarted(attempt: Attempt): void {
        told.push(`start ${where(attempt)}`);
      }
      attemptEnded(attempt: Attempt, outcome: string, _elapsedMs: number, error: unknown): void {
        told.push(`end ${where(attempt)} ${outcome} ${(error as { code?: string } | undefined)?.code}`);
      }
    }
    const rig = await upstreamRig([CatalogClient], {
      fakes: { catalog: [broken, sound] },
      overrides: { catalog: { maxRetries: 1, timeoutMs: 2_000, retryBudgetMin: 100 } },
      events: new Told(),
    });
    const client = rig.app.get(CatalogClient);
    for (let i = 0; i < 20; i++) await started(client.in(contextOf()).thing()).outcome;
    expect(told).toContain('end 1 broken failed upstream-reset');
    expect(told).toContain('start 2 sound');
    expect(told.filter(line => line.includes('sound succeeded'))).toHaveLength(20);
    await rig.close();
    await Promise.all([broken.close(), sound.close()]);
  });

  it('says so when a client is not among the declared ones', async () => {
    const rig = await upstreamRig([CatalogClient]);
    expect(() => rig.app.get(UpstreamRegistry).runtimeOf(PricingClient)).toThrow(/"pricing".*UpstreamModule\.forRoot/);
    await rig.close();
  });
});
