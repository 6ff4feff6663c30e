import type { VNode } from 'preact';
import type { AccountPayload } from '../payload';
import { PageTitle } from '../parts/page-title';
import { SectionNote } from '../parts/section-note';
import { Shelf } from '../parts/shelf';
import { ShelfSkeleton } from '../parts/skeleton';
import { usePage } from '../use-page';
import { useShown } from '../use-shown';
import { counted, FORMATS, inMoney, onDay } from '../words';
import type { PageProps } from './page-props';
import { ProblemPage } from './problem';

/** Who the customer is, what they ordered, what they want to see. */
export function AccountPage({ visit, onShown }: PageProps): VNode {
  const { answer, asking, retry } = usePage<AccountPayload>('/pages/account', visit.key, visit.arrival === 'back');
  useShown(answer, onShown, ({ customer }) => customer.name);

  if (answer?.kind === 'problem') {
    return <ProblemPage problem={answer.problem} wanted="account" asking={asking} onRetry={retry} />;
  }
  if (answer === undefined) return <ShelfSkeleton />;
  const { customer, orders, watchlist } = answer.payload;
  const { states } = answer;
  return (
    <>
      <section class="account-head">
        <PageTitle>{customer.name}</PageTitle>
        <p>
          <span class={`tier tier-${customer.tier}`}>{customer.tier}</span>{' '}
          {customer.tier === 'gold' ? 'Gold customers pay less for every film.' : 'You pay the list price.'}
        </p>
      </section>
      <section class="orders" aria-labelledby="orders">
        <h2 id="orders">Orders</h2>
        <SectionNote subject="Your orders" service="The order book" state={states['orders']} onRetry={retry} />
        {orders?.length === 0 && <p class="quiet">Nothing yet. What you order stands here.</p>}
        {orders !== undefined && orders.length > 0 && (
          <ol class="order-list">
            {orders.map(order => (
              <li key={order.id}>
                <a href={`/films/${order.filmId}`}>{order.title ?? `Film ${order.filmId}`}</a>
                <span>{FORMATS[order.format]}</span>
                <time dateTime={order.at}>{onDay(order.at)}</time>
                <b>{inMoney(order.amountCents, order.currency)}</b>
              </li>
            ))}
          </ol>
        )}
      </section>
      <SectionNote
        subject="Your watchlist"
        service="The profiles service"
        state={states['watchlist']}
        onRetry={retry}
      />
      {watchlist !== undefined && (
        <Shelf id="watchlist" title={`Watchlist: ${counted(watchlist.length, 'film')}`} films={watchlist} />
      )}
    </>
  );
}
