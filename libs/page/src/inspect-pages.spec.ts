import { Controller, forwardRef, Get, Inject, Injectable, Module, Optional, Post } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { HttpUpstream, Upstream } from 'guichet/upstream';
import { inspectPages } from './inspect-pages.js';
import { Command, Page } from './page.decorator.js';
import { required } from './sections.js';

@Injectable()
class CatalogClient {}
@Injectable()
class PricingClient {
  readonly name = 'pricing';
}
@Injectable()
class ReviewsClient {}

@Page('films/:id', { budgetMs: 100 })
class FilmPage {
  readonly name: string;
  constructor(
    readonly catalog: CatalogClient,
    pricing: PricingClient,
    @Optional() readonly reviews: ReviewsClient,
    readonly ref: ModuleRef,
    @Inject(forwardRef(() => ReviewsClient)) readonly later: unknown,
  ) {
    this.name = pricing.name;
  }
  readonly film = required([], () => this.catalog, { timeoutMs: 200 });
  readonly #secret = required([], () => 1);
  uses = () => this.#secret;
}
@Page('films/:name', { budgetMs: 100 })
class OtherFilmPage {
  readonly film = required([], () => 1);
}
@Page('films/:id', { budgetMs: 100, version: '2' })
class VersionedPage {
  readonly film = required([], () => 1);
}
@Page('search', { budgetMs: 100, version: ['1', '2'] })
class SearchPage {
  readonly film = required([], () => 1);
}
@Page('search', { budgetMs: 100, version: '3' })
class NewSearchPage {
  readonly film = required([], () => 1);
}
@Page('search', { budgetMs: 100, version: ['2', '4'] })
class AlsoSearchPage {
  readonly film = required([], () => 1);
}
@Page('throws', { budgetMs: 100 })
class Throwing {
  constructor() {
    throw new Error('needs the real thing');
  }
}
@Command('POST', 'search', { budgetMs: 100 })
class SearchCommand {
  readonly film = required([], () => 1);
}
@Controller('pages')
class Handmade {
  @Get('orders')
  get(): void {}
  @Post('/search/')
  search(): void {}
}

@Module({ providers: [{ provide: CatalogClient, useValue: {} }], exports: [CatalogClient] })
class Upstreams {}
class Dynamic {}
@Module({
  imports: [forwardRef(() => Upstreams)],
  controllers: [FilmPage, SearchPage, NewSearchPage, Throwing, SearchCommand],
})
class Pages {}
@Module({
  imports: [Pages, Upstreams, { module: Dynamic, controllers: [OtherFilmPage, Handmade] }],
  controllers: [SearchPage],
})
class AppModule {}

const told = (root: Parameters<typeof inspectPages>[0], tokens?: unknown[]): string[] =>
  inspectPages(root, tokens).map(({ where, path, message }) => `${where} ${path}: ${message}`);

describe('inspectPages', () => {
  it('lists the problems of all pages without creating the app', () => {
    expect(told(AppModule)).toEqual([
      'FilmPage PricingClient: the page needs it, but no module provides it',
      'FilmPage ReviewsClient: the page needs it, but no module provides it',
      'FilmPage #private: a section in a #private field, or in none: it has no name',
      "FilmPage film: its chain of timeouts does not fit the page's budget of 100 ms",
      'SearchPage GET /pages/search: this route is declared twice',
      'OtherFilmPage GET /pages/films/:name: FilmPage declares this route too',
      'Handmade POST /pages/search: SearchCommand declares this route too',
    ]);
  });

  it('says where a client of an upstream is to be listed, and where anything else', () => {
    @Upstream('stock')
    class StockClient extends HttpUpstream {}
    @Page('stock', { budgetMs: 100 })
    class StockPage {
      constructor(
        readonly stock: StockClient,
        readonly catalog: CatalogClient,
      ) {}
      readonly all = required([], () => 1);
    }
    expect(inspectPages({ module: Dynamic, controllers: [StockPage] }).map(({ mend }) => mend)).toEqual([
      'list StockClient in UpstreamModule.forRoot({ clients: […] })',
      'import the module that provides CatalogClient, or list it there',
    ]);
  });

  it('does not guess at dependencies when a module is asynchronous, nor at tokens from outside', () => {
    @Module({ imports: [Promise.resolve({ module: Dynamic })], controllers: [FilmPage] })
    class WithAsync {}
    expect(told(WithAsync).filter(line => line.includes('provides'))).toEqual([]);
    expect(
      told({ module: Dynamic, controllers: [FilmPage] }, [PricingClient, CatalogClient, ReviewsClient]),
    ).toHaveLength(2);
  });

  it('lets versions share a path, but not one of them', () => {
    expect(told({ module: Dynamic, controllers: [SearchPage, NewSearchPage] })).toEqual([]);
    expect(told({ module: Dynamic, controllers: [OtherFilmPage, VersionedPage] })).toEqual([]);
    expect(told({ module: Dynamic, controllers: [SearchPage, AlsoSearchPage] })).toEqual([
      'AlsoSearchPage GET /pages/search: SearchPage declares this route too',
    ]);
  });
});
