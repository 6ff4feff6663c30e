/** The bench's own app: it serves the parallel and the dependent page as any app of the framework would. */
import { Module } from '@nestjs/common';
import { runBff } from 'guichet/bff';
import { DiscoveryModule } from 'guichet/discovery';
import { UpstreamModule, type UpstreamOptions } from 'guichet/upstream';
import { DependentPage } from '../dependent/dependent.page.js';
import { ParallelPage } from '../parallel/parallel.page.js';
import { clients } from './clients.js';

/** What `bench/against.mjs` compares with. */
const options = JSON.parse(process.env['BENCH_DEFAULTS'] ?? '{}') as UpstreamOptions;

@Module({
  imports: [
    DiscoveryModule.forRoot(),
    // Long enough that a busy machine makes no page fail: what is measured is cost, not patience.
    // And the rivals share no calls: with sharing, connections that ask the same at once would be one call here.
    UpstreamModule.forRoot({ clients, defaults: { timeoutMs: 2_000, singleflight: false, ...options } }),
  ],
  controllers: [ParallelPage, DependentPage],
})
class ProbeModule {}

void runBff(ProbeModule, { name: 'bench-probe' });
