import { Module } from '@nestjs/common';
import { DiscoveryModule } from 'guichet/discovery';
import { FilmPage } from './pages/film/film.page.js';
import { HomePage } from './pages/home/home.page.js';
import { OrderCommand } from './pages/order/order.command.js';
import { SearchPage } from './pages/search/search.page.js';
import { WatchCommand } from './pages/watch/watch.command.js';
import { upstreams } from './upstreams.js';

/** The web team's BFF. */
@Module({
  imports: [DiscoveryModule.forRoot(), upstreams],
  controllers: [HomePage, FilmPage, SearchPage, WatchCommand, OrderCommand],
})
export class AppModule {}
