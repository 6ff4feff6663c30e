import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, Param, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { bindNodeCallback, forkJoin, map, type Observable, switchMap } from 'rxjs';
import {
  filmPayload,
  type RawFilm,
  type RawPrice,
  type RawRatings,
  type RawSimilar,
  type RawStock,
  similarBody,
} from './payload.js';
import { pricingClient } from './pricing.js';

const TIMEOUT_MS = 2_000;
const ports = JSON.parse(process.env['BENCH_PORTS']!) as Record<string, number>;

@Injectable()
class FilmService {
  constructor(private readonly http: HttpService) {}

  page(id: number): Observable<object> {
    const film = this.get<RawFilm>('catalog', `/films/${id}`).pipe(
      switchMap(found =>
        forkJoin({
          price: this.price(found.sku),
          stock: this.get<RawStock>('inventory', `/stock/${found.sku}`),
          similar: this.similar(found),
        }).pipe(map(sections => ({ found, ...sections }))),
      ),
    );
    return forkJoin({ film, ratings: this.get<RawRatings>('ratings', `/ratings/${id}`) }).pipe(
      map(({ film: { found, price, stock, similar }, ratings }) => filmPayload(found, price, ratings, stock, similar)),
    );
  }

  private price(sku: string): Observable<RawPrice> {
    const deadline = Date.now() + TIMEOUT_MS;
    return bindNodeCallback<[], [RawPrice]>(done =>
      pricingClient.GetQuote({ sku, tier: 'TIER_BASIC' }, { deadline }, done),
    )();
  }

  private similar(film: RawFilm): Observable<RawSimilar> {
    const url = `http://127.0.0.1:${ports['recommendations']}/graphql`;
    const headers = { 'content-type': 'application/json' };
    return this.http.post<RawSimilar>(url, similarBody(film), { headers }).pipe(map(response => response.data));
  }

  private get<T>(service: string, path: string): Observable<T> {
    return this.http.get<T>(`http://127.0.0.1:${ports[service]}${path}`).pipe(map(response => response.data));
  }
}

@Controller('pages/films')
class FilmController {
  constructor(private readonly service: FilmService) {}

  @Get(':id')
  page(@Param('id', ParseIntPipe) id: number): Observable<object> {
    return this.service.page(id);
  }
}

@Module({ imports: [HttpModule], controllers: [FilmController], providers: [FilmService] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
