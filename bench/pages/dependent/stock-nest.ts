import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, Param, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { forkJoin, map, type Observable, switchMap } from 'rxjs';

const ports = JSON.parse(process.env['BENCH_PORTS']!) as Record<string, number>;

@Injectable()
class DependentService {
  constructor(private readonly http: HttpService) {}

  page(id: number): Observable<unknown> {
    return this.get<{ id: number; sku: string }>('catalog', `/films/${id}`).pipe(
      switchMap(film =>
        forkJoin({
          price: this.get('pricing', `/prices/${film.sku}`),
          stock: this.get('inventory', `/stock/${film.sku}`),
          opinion: this.get<{ votes: number }>('ratings', `/films/${film.id}/ratings`).pipe(
            switchMap(ratings =>
              this.get('recommendations', `/recommendations?like=${film.id}&limit=${ratings.votes > 0 ? 8 : 4}`).pipe(
                map(similar => ({ ratings, similar })),
              ),
            ),
          ),
        }).pipe(map(({ opinion, ...sections }) => ({ film, ...sections, ...opinion }))),
      ),
    );
  }

  private get<T>(service: string, path: string): Observable<T> {
    return this.http.get<T>(`http://127.0.0.1:${ports[service]}${path}`).pipe(map(response => response.data));
  }
}

@Controller('pages/dependent')
class DependentController {
  constructor(private readonly service: DependentService) {}

  @Get(':id')
  page(@Param('id', ParseIntPipe) id: number): Observable<unknown> {
    return this.service.page(id);
  }
}

@Module({ imports: [HttpModule], controllers: [DependentController], providers: [DependentService] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
