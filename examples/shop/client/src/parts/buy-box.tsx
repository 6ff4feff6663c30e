import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { FilmPayload, OrderPayload, Stock, WatchPayload } from '../payload';
import type { SectionStates } from '../section-state';
import { placeOrder, watch } from '../commands';
import { counted, FORMATS, inMoney } from '../words';
import { Icon } from './icon';
import { SectionNote } from './section-note';
import { CommandOutcome, useCommand } from './command';

interface BuyBoxProps {
  readonly page: FilmPayload;
  readonly states: SectionStates;
  readonly onRetry: () => void;
}

/** What the film costs, in which formats it is to be had, and the two things to do with it. */
export function BuyBox({ page, states, onRetry }: BuyBoxProps): VNode {
  const { film, price, stock } = page;
  const firstAvailable = stock?.find(offer => offer.available)?.format;
  const [chosen, setChosen] = useState<Stock['format'] | undefined>(undefined);
  const format = chosen ?? firstAvailable ?? 'dvd';
  const ordering = useCommand<OrderPayload>();
  const watching = useCommand<WatchPayload>();

  function submit(event: Event): void {
    event.preventDefault();
    ordering.send(key => placeOrder(film, format, key));
  }

  return (
    <section class="buy" aria-labelledby="buy">
      <h2 id="buy" class="hidden-words">
        Order
      </h2>
      <p class="price">
        <span class="hidden-words">Price </span>
        {inMoney(price.amountCents, price.currency)}
        {price.listAmountCents > price.amountCents && (
          <del>
            <span class="hidden-words">instead of </span>
            {inMoney(price.listAmountCents, price.currency)}
          </del>
        )}
      </p>
      <SectionNote subject="The price" service="The pricing service" state={states['price']} />
      <form onSubmit={submit}>
        {stock !== undefined && stock.length > 0 && (
          <fieldset class="formats">
            <legend>Format</legend>
            {stock.map(offer => (
              <label key={offer.format} class="format">
                <input
                  type="radio"
                  name="format"
                  value={offer.format}
                  checked={offer.format === format}
                  onChange={() => setChosen(offer.format)}
                />
                <span class="format-name">{FORMATS[offer.format]}</span>
                <Availability offer={offer} />
              </label>
            ))}
          </fieldset>
        )}
        <SectionNote subject="Availability" service="The inventory" state={states['stock']} onRetry={onRetry} />
        {stock !== undefined && firstAvailable === undefined && <p class="quiet">Every copy is out at the moment.</p>}
        <p class="actions">
          <button type="submit" class="button button-first" disabled={ordering.busy}>
            <Icon name="ticket" />
            {ordering.busy ? 'Ordering…' : 'Order'}
          </button>
          <button
            type="button"
            class="button"
            disabled={watching.busy}
            onClick={() => watching.send(() => watch(film))}
          >
            <Icon name="bookmark" />
            {watching.busy ? 'Noting…' : 'Watchlist'}
          </button>
        </p>
      </form>
      <CommandOutcome
        command={ordering}
        done={({ order }) =>
          `Ordered: ${FORMATS[order.format]} for ${inMoney(order.amountCents, order.currency)}. Order ${order.id}.`
        }
      />
      <CommandOutcome
        command={watching}
        done={({ watchlist }) => `On your watchlist, with ${counted(watchlist.filmIds.length - 1, 'other film')}.`}
      />
    </section>
  );
}

function Availability({ offer }: { readonly offer: Stock }): VNode {
  if (!offer.available) return <span class="stock stock-out">All out</span>;
  if (offer.copies === null) return <span class="stock stock-in">Right away</span>;
  if (offer.copies <= 2)
    return <span class="stock stock-few">{offer.copies === 1 ? 'Last copy' : `${offer.copies} left`}</span>;
  return <span class="stock stock-in">{offer.copies} in store</span>;
}
