import { type Customer, customerById, firstWatchlist } from '../data/customers.js';
import { filmById } from '../data/films.js';
import type { RecordStore, StoredRecord } from '../data/record-store.js';
import { type CallerCheck, callerCheck } from '../http/caller.js';
import { found, Refusal } from '../http/refusal.js';
import { Reply, type ServiceDefinition, type ServiceRequest } from '../http/route.js';

/** A film that a customer put on the watchlist. */
export interface WatchlistEntry extends StoredRecord {
  readonly filmId: number;
}

/** Who the customers are, and what they want to see. Putting a film on the watchlist twice is putting it there once. */
export function profiles(store: RecordStore<WatchlistEntry>, mustBe: CallerCheck = callerCheck()): ServiceDefinition {
  const watchlistOf = async (customer: Customer) => {
    const added = (await store.list(customer.id)).map(entry => entry.filmId);
    return { customerId: customer.id, filmIds: [...new Set([...firstWatchlist(customer), ...added])] };
  };
  const customerOf = async (request: ServiceRequest): Promise<Customer> => {
    const customer = found(customerById(request.params['id']!), 'customer');
    await mustBe(request, customer.id);
    return customer;
  };
  return {
    name: 'profiles',
    routes: [
      {
        method: 'GET',
        pattern: '/customers/:id',
        handle: customerOf,
      },
      {
        method: 'GET',
        pattern: '/customers/:id/watchlist',
        handle: async request => watchlistOf(await customerOf(request)),
      },
      {
        method: 'PUT',
        pattern: '/customers/:id/watchlist/:filmId',
        handle: async request => {
          const customer = await customerOf(request);
          const film = filmById(request.params['filmId']!);
          if (!film) throw new Refusal(422, 'unknown-film', 'Only a film that the store has can be watched.');
          const entry = { at: new Date().toISOString(), filmId: film.id };
          const { created } = await store.createOnce(customer.id, String(film.id), entry);
          return new Reply(created ? 201 : 200, await watchlistOf(customer));
        },
      },
    ],
  };
}
