import { Injectable, type INestApplication, Scope } from '@nestjs/common';
import { BootError, BootProblems } from 'guichet/kernel';
import { pageApp } from '../test/page-app.js';
import { Page } from './page.decorator.js';
import { PageRegistry } from './page.registry.js';
import { required } from './sections.js';

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Page('good', { budgetMs: 100 })
class GoodPage {
  readonly film = required([], () => 1);
}
@Page('scoped', { budgetMs: 100 })
class ScopedPage {
  constructor(readonly dependency: PerRequest) {}
  readonly film = required([], () => 1);
}
@Page('late', { budgetMs: 0 })
class LatePage {
  readonly film = required([], 7 as never);
}

describe('PageRegistry', () => {
  it('knows the plans of all pages after the boot', async () => {
    const { app } = await pageApp('fastify', [GoodPage]);
    expect(app.get(PageRegistry, { strict: false }).plans.map(plan => plan.name)).toEqual(['GoodPage']);
    await app.close();
  });

  it('ends the boot with everything that is wrong', async () => {
    const booting = pageApp('express', [GoodPage, ScopedPage, LatePage, GoodPage], { providers: [PerRequest] });
    const error = await booting.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(BootError);
    expect((error as BootError).problems.map(({ where, path }) => `${where} ${path}`)).toEqual([
      'ScopedPage ',
      'LatePage budgetMs',
      'LatePage film',
    ]);
  });

  it('leaves its problems to whoever gathers those of the app', async () => {
    const problems = new BootProblems();
    class Gathering {}
    const gathering = {
      module: Gathering,
      global: true,
      providers: [{ provide: BootProblems, useValue: problems }],
      exports: [BootProblems],
    };
    let app: INestApplication | undefined;
    ({ app } = await pageApp('fastify', [LatePage], { imports: [gathering] }));
    expect(problems.all).toHaveLength(2);
    await app.close();
  });
});
