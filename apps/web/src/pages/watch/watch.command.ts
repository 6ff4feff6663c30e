import { CatalogClient, customerIdSchema, ProfilesClient } from '#shop';
import { body, Command, internal, type PayloadOf, required } from 'guichet/page';
import { z } from 'zod';
import { watchShape } from './watch.shape.js';

/** Puts a film on a customer's watchlist; one that is there already stays there. */
@Command('POST', 'watchlist', { budgetMs: 1_500, shape: watchShape, summary: 'Put a film on the watchlist' })
export class WatchCommand {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly profiles: ProfilesClient,
  ) {}

  private readonly body = body(z.object({ customerId: customerIdSchema, filmId: z.int().positive() }));

  readonly film = internal([this.body], ({ filmId }) => this.catalog.film(filmId));
  readonly watchlist = required([this.body, this.film], (wish, film) => this.profiles.watch(wish.customerId, film.id));
}

export type WatchPayload = PayloadOf<WatchCommand>;
