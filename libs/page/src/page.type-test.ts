// What infers, and what must not compile: checked by `npm run typecheck`, never run.
import { of } from 'rxjs';
import { z } from 'zod';
import {
  Command,
  type EnvelopeOf,
  headers,
  internal,
  locale,
  maybe,
  optional,
  Page,
  params,
  type PayloadOf,
  principal,
  query,
  required,
  type SectionsOf,
} from './index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

@Page('films/:id', { budgetMs: 800, summary: 'One film', cacheControl: 'private, max-age=5' })
export class FilmPage {
  private readonly params = params(z.object({ id: z.coerce.number() }));
  readonly #viewer = principal({ optional: true });
  protected readonly locale = locale();
  readonly film = required([this.params], ({ id }) => of({ id, sku: 's' }));
  readonly margin = internal([this.film], film => Promise.resolve(film.sku.length));
  readonly price = optional([this.film, this.margin], (_, margin) => of({ amount: margin }), { fallback: null });
  readonly reviews = optional([this.film, this.#viewer, this.locale], async (_film, viewer, _locale, ctx) => [
    { by: viewer?.subject ?? 'nobody', at: ctx.deadlineAt },
  ]);
  readonly digest = required([maybe(this.reviews), this.price], (reviews, price) =>
    of((reviews?.length ?? 0) + (price?.amount ?? 0)),
  );
  readonly hint = internal([this.reviews], reviews => reviews.length, { optional: true });
  readonly shown = optional([this.hint], hint => hint + 1);
  readonly rest = optional([this.reviews], () => ({ none: true }), { timeoutMs: 50, fallback: undefined });

  // @ts-expect-error required on one that may be omitted, without fallback or maybe
  readonly bad = required([this.reviews], (reviews: unknown) => of(reviews));
  // @ts-expect-error the same for a required internal one
  readonly worse = internal([this.reviews], (reviews: unknown) => of(reviews));
  // @ts-expect-error maybe is for sections that may be omitted
  readonly sure = maybe(this.film);
  // @ts-expect-error a need is a node
  readonly odd = required(['film'], film => film);
  // @ts-expect-error a fallback belongs to optional sections
  readonly firm = required([], () => 1, { fallback: 0 });
}

export class Cycle {
  // @ts-expect-error TS2729: used before its initialization
  readonly first = required([this.second], () => 1);
  readonly second = required([], () => 2);
}

type Good = Omit<FilmPage, 'bad' | 'worse' | 'sure' | 'odd' | 'firm'>;
declare const payload: PayloadOf<Good>;
same<(typeof payload)['film'], { id: number; sku: string }>(true);
same<(typeof payload)['price'], { amount: number } | null>(true);
same<(typeof payload)['digest'], number>(true);
same<(typeof payload)['reviews'], { by: string; at: number }[] | undefined>(true);
same<keyof typeof payload, 'film' | 'price' | 'reviews' | 'digest' | 'shown' | 'rest'>(true);
// @ts-expect-error it may be omitted
export const reviews: { by: string }[] = payload.reviews;
// @ts-expect-error internal sections stay out
export const margin = payload.margin;
// @ts-expect-error inputs stay out
export const inputs = payload.params;

declare const values: SectionsOf<Good>;
same<(typeof values)['shown'], number | undefined>(true);
declare const envelope: EnvelopeOf<Good>;
same<NonNullable<(typeof envelope)['_sections']>['price'], NonNullable<(typeof envelope)['_sections']>['film']>(true);
// @ts-expect-error no such section
export const state = envelope._sections?.nothing;

@Page('compact/:id', { budgetMs: 800, shape: z.object({ title: z.string() }) })
export class ViewedPage {
  private readonly query = query(z.object({ q: z.string().optional() }));
  readonly film = required([this.query], ({ q }) => of({ title: q ?? '' }));
  readonly extra = optional([this.film], film => film.title);
  view(sections: SectionsOf<ViewedPage>): { title: string; extra: string | undefined } {
    return { title: sections.film.title, extra: sections.extra };
  }
}
same<PayloadOf<ViewedPage>, { title: string; extra: string | undefined }>(true);

@Page('inferred', { budgetMs: 800 })
export class InferredView {
  readonly film = required([], () => of({ title: 'x' }));
  view(sections: SectionsOf<InferredView>) {
    return { title: sections.film.title };
  }
}
same<PayloadOf<InferredView>, { title: string }>(true);

// @ts-expect-error the envelope reserves the name
@Page('reserved', { budgetMs: 1 })
export class ReservedName {
  readonly _sections = required([], () => 1);
}
// @ts-expect-error view gets the page's sections and nothing else
@Page('view', { budgetMs: 1 })
export class WrongView {
  readonly film = required([], () => ({ title: 'x' }));
  view(sections: { film: { year: number } }): object {
    return sections;
  }
}
// @ts-expect-error an array cannot carry the envelope
@Page('array', { budgetMs: 1 })
export class ArrayView {
  readonly film = required([], () => 1);
  view(): number[] {
    return [1];
  }
}
// @ts-expect-error the envelope reserves the key
@Page('key', { budgetMs: 1 })
export class KeyView {
  readonly film = required([], () => 1);
  view(): { _sections: string } {
    return { _sections: '' };
  }
}
// @ts-expect-error an array is no shape
Page('shape', { budgetMs: 1, shape: z.array(z.string()) });
// @ts-expect-error the envelope reserves the key
Page('shape', { budgetMs: 1, shape: z.object({ _sections: z.string() }) });
// @ts-expect-error a budget is a must
Page('budget', {});
// @ts-expect-error a page is read with GET
Command('GET', 'films', { budgetMs: 1 });
Command('POST', 'orders', { budgetMs: 1, status: 201 });

headers(z.looseObject({ 'x-shop': z.string() }));
