import { CatalogClient, ProfilesClient } from '#shop';
import { body, Command, internal, type PayloadOf, principal, required } from 'guichet/page';
import { z } from 'zod';
import { watchShape } from './watch.shape.js';

/** Puts a film on the watchlist of the customer at the counter; one that is there already stays there. */
@Command('POST', 'watchlist', { budgetMs: 1_500, shape: watchShape, summary: 'Put a film on the watchlist' })
export class WatchCommand {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly profiles: ProfilesClient,
  ) {}

  private readonly viewer = principal();
  private readonly body = body(z.object({ filmId: z.int().positive() }));

  readonly film = internal([this.body], ({ filmId }) => this.catalog.film(filmId));
  readonly watchlist = required([this.viewer, this.film], (viewer, film) =>
    this.profiles.watch(viewer.subject, film.id),
  );
}

export type WatchPayload = PayloadOf<WatchCommand>;
