import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, Param, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { forkJoin, map, type Observable } from 'rxjs';

const ports = JSON.parse(process.env['BENCH_PORTS']!) as Record<string, number>;

@Injectable()
class ParallelService {
  constructor(private readonly http: HttpService) {}

  page(id: number): Observable<unknown> {
    return forkJoin({
      film: this.get('catalog', `/films/${id}`),
      price: this.get('pricing', `/prices/film-${id}`),
      stock: this.get('inventory', `/stock/film-${id}`),
      ratings: this.get('ratings', `/films/${id}/ratings`),
      similar: this.get('recommendations', `/recommendations?like=${id}&limit=8`),
    });
  }

  private get(service: string, path: string): Observable<unknown> {
    return this.http.get<unknown>(`http://127.0.0.1:${ports[service]}${path}`).pipe(map(response => response.data));
  }
}

@Controller('pages/parallel')
class ParallelController {
  constructor(private readonly service: ParallelService) {}

  @Get(':id')
  page(@Param('id', ParseIntPipe) id: number): Observable<unknown> {
    return this.service.page(id);
  }
}

@Module({ imports: [HttpModule], controllers: [ParallelController], providers: [ParallelService] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
