import { Module } from '@nestjs/common';
import { AppVersionModule, AuthModule } from 'guichet/auth';
import { DiscoveryModule } from 'guichet/discovery';
import { guards } from './guards.js';
import { limits } from './limits.js';
import { AccountPage } from './pages/account/account.page.js';
import { FilmPage } from './pages/film/film.page.js';
import { HomePage } from './pages/home/home.page.js';
import { OrderCommand } from './pages/order/order.command.js';
import { SearchPage } from './pages/search/search.page.js';
import { upstreams } from './upstreams.js';

/** The mobile team's BFF. */
@Module({
  imports: [DiscoveryModule.forRoot(), upstreams, AuthModule.forRoot(), AppVersionModule.forRoot(), limits],
  controllers: [HomePage, FilmPage, SearchPage, AccountPage, OrderCommand],
  providers: guards,
})
export class AppModule {}
