import { sendCommand, type Answer } from './answer';
import type { FilmTile, OrderPayload, Stock, WatchPayload } from './payload';

/**
 * Orders a film.
 * @param key  names the order: sent twice with one key, it is placed once
 */
export async function placeOrder(film: FilmTile, format: Stock['format'], key: string): Promise<Answer<OrderPayload>> {
  const body = { filmId: film.id, format };
  return await sendCommand('/pages/orders', body, { 'idempotency-key': key });
}

/** Puts a film on the watchlist; a film that is there already stays there. */
export async function watch(film: FilmTile): Promise<Answer<WatchPayload>> {
  return await sendCommand('/pages/watchlist', { filmId: film.id });
}
