import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, Param, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { forkJoin, map, type Observable, switchMap } from 'rxjs';
import {
  filmPayload,
  type RawFilm,
  type RawPrice,
  type RawRatings,
  type RawSimilar,
  type RawStock,
  similarPath,
} from './payload.js';

const ports = JSON.parse(process.env['BENCH_PORTS']!) as Record<string, number>;

@Injectable()
class FilmService {
  constructor(private readonly http: HttpService) {}

  page(id: number): Observable<object> {
    const film = this.get<RawFilm>('catalog', `/films/${id}`).pipe(
      switchMap(found =>
        forkJoin({
          price: this.get<RawPrice>('pricing', `/prices/${found.sku}?tier=basic`),
          stock: this.get<RawStock>('inventory', `/stock/${found.sku}`),
          similar: this.get<RawSimilar>('recommendations', similarPath(found)),
        }).pipe(map(sections => ({ found, ...sections }))),
      ),
    );
    return forkJoin({ film, ratings: this.get<RawRatings>('ratings', `/ratings/${id}`) }).pipe(
      map(({ film: { found, price, stock, similar }, ratings }) => filmPayload(found, price, ratings, stock, similar)),
    );
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
