import { Global, Module } from '@nestjs/common';
import { NEVER, of, throwError } from 'rxjs';
import { z } from 'zod';
import { failure } from '../../test/fake-call.js';
import { pageApp, type PageApp } from '../../test/page-app.js';
import { query } from '../inputs.js';
import { Page } from '../page.decorator.js';
import { required } from '../sections.js';
import { Door } from './door.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { sheddingOptionsSchema } from './shedding.options.js';

class NoDelay extends EventLoopDelay {
  takeMs(): number {
    return 0;
  }
  close(): void {}
}
const door = new Door(sheddingOptionsSchema.parse({ maxConcurrent: 2 }), new NoDelay());

@Global()
@Module({ providers: [{ provide: Door, useValue: door }], exports: [Door] })
class DoorModule {}

@Page('films', { budgetMs: 30_000, priority: 'high' })
class FilmsPage {
  private readonly query = query(z.object({ how: z.enum(['well', 'failed', 'bug', 'never']) }));
  readonly films = required([this.query], ({ how }) => {
    if (how === 'bug') throw new RangeError('a bug');
    if (how === 'never') return NEVER;
    return how === 'failed' ? throwError(() => failure('upstream-timeout')) : of([1]);
  });
}

describe('a page behind a door', () => {
  let pages: PageApp;
  beforeAll(async () => {
    pages = await pageApp('fastify', [FilmsPage], { imports: [DoorModule] });
  });
  afterAll(() => pages.app.close());

  const gate = () => door.gates[0]!;
  const until = async (holds: () => boolean): Promise<void> => {
    for (let i = 0; i < 1_000 && !holds(); i++) await new Promise(done => setTimeout(done, 2));
    expect(holds()).toBe(true);
  };

  it.each([
    ['well', 200],
    ['failed', 500],
    ['bug', 500],
    ['unknown', 400],
  ])('leaves its place however it ends: %s', async (how, status) => {
    // The filter of these tests answers 500 to what is neither HTTP's nor the client's fault.
    expect((await pages.get(`/pages/films?how=${how}`)).status).toBe(status);
    expect([gate().inFlight, door.inFlight]).toEqual([0, 0]);
  });

  it('is turned away when the places are taken, until a client leaves', async () => {
    const leave = new AbortController();
    const staying = [1, 2].map(() =>
      pages.get('/pages/films?how=never', { signal: leave.signal }).catch(() => undefined),
    );
    await until(() => door.inFlight === 2);
    const turnedAway = await pages.get('/pages/films?how=well');
    expect(await turnedAway.text()).toContain('Shed');
    expect(gate().shedCount).toBe(1);
    expect(door.inFlight).toBe(2);

    leave.abort();
    await Promise.all(staying);
    await until(() => door.inFlight === 0);
    expect((await pages.get('/pages/films?how=well')).status).toBe(200);
  });
});
