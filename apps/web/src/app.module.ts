import { Module } from '@nestjs/common';
import { DiscoveryModule } from 'guichet/discovery';
import { guards } from './guards.js';
import { identity } from './identity.js';
import { limits } from './limits.js';
import { AccountPage } from './pages/account/account.page.js';
import { FilmPage } from './pages/film/film.page.js';
import { HomePage } from './pages/home/home.page.js';
import { OrderCommand } from './pages/order/order.command.js';
import { SearchPage } from './pages/search/search.page.js';
import { WatchCommand } from './pages/watch/watch.command.js';
import { routes } from './routes.js';
import { upstreams } from './upstreams.js';

/** The web team's BFF. */
@Module({
  imports: [DiscoveryModule.forRoot(), upstreams, routes, ...identity, limits],
  controllers: [HomePage, FilmPage, SearchPage, AccountPage, WatchCommand, OrderCommand],
  providers: guards,
})
export class AppModule {}
