import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PageRegistry } from './page.registry.js';

/** Makes the pages among the app's controllers work: import it once, in the app's root module. */
@Module({ imports: [DiscoveryModule], providers: [PageRegistry], exports: [PageRegistry] })
export class PageModule {}
