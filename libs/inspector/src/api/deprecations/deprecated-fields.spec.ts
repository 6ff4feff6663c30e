import { body, Command, compilePage, describePage, Page, query, required } from 'guichet/page';
import { z } from 'zod';
import { deprecatedFields } from './deprecated-fields.js';

const fieldsOf = (page: object) => deprecatedFields(describePage(compilePage(page).plan!, { target: 'draft-2020-12' }));

describe('fields that are deprecated', () => {
  it('are found in the answer and the inputs, however deep', () => {
    const old = z.number().optional().meta({ deprecated: true, description: 'use amount' });
    const film = z.object({ title: z.string(), price: old, cast: z.array(z.object({ age: old })).nullable() });
    const shape = z.object({
      film,
      similar: z.array(film).optional(),
      byName: z.record(z.string(), z.object({ n: old })),
    });

    @Page('films', { budgetMs: 1_000, shape })
    class FilmsPage {
      private readonly query = query(z.object({ page: z.string().optional().meta({ deprecated: true }) }));
      readonly film = required([this.query], () => ({ title: 'a', cast: null }));
      readonly byName = required([], () => ({}));
    }
    const inOpenApi = deprecatedFields(describePage(compilePage(new FilmsPage()).plan!));
    expect(inOpenApi).toEqual(fieldsOf(new FilmsPage()));
    expect(inOpenApi).toEqual([
      { in: 'query', path: 'page', description: undefined },
      { in: 'answer', path: 'film.price', description: 'use amount' },
      { in: 'answer', path: 'film.cast[].age', description: 'use amount' },
      { in: 'answer', path: 'similar[].price', description: 'use amount' },
      { in: 'answer', path: 'similar[].cast[].age', description: 'use amount' },
      { in: 'answer', path: 'byName.*.n', description: 'use amount' },
    ]);
  });

  it('are found in a body', () => {
    @Command('POST', 'orders', { budgetMs: 1_000 })
    class OrderCommand {
      private readonly body = body(z.object({ sku: z.string().meta({ deprecated: true }), id: z.string() }));
      readonly order = required([this.body], () => 1);
    }
    expect(fieldsOf(new OrderCommand())).toEqual([{ in: 'body', path: 'sku', description: undefined }]);
  });

  it('are none where no schema says so, and as many as can be shown of one that has no end', () => {
    @Page('plain', { budgetMs: 1_000 })
    class PlainPage {
      readonly plain = required([], () => 1);
    }
    expect(fieldsOf(new PlainPage())).toEqual([]);

    const endless: Record<string, unknown> = { properties: { old: { deprecated: true } } };
    (endless['properties'] as Record<string, unknown>)['more'] = endless;
    const content = { 'application/json': { schema: endless } };
    const found = deprecatedFields({ parameters: [], responses: { 200: { content } } });
    expect(found).toHaveLength(12);
    const wide = {
      properties: Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`f${n}`, { deprecated: true }])),
    };
    const wideContent = { 'application/json': { schema: wide } };
    expect(deprecatedFields({ parameters: [], responses: { 200: { content: wideContent } } })).toHaveLength(50);
  });

  it('follow references within the schema', () => {
    const schema = {
      properties: { film: { $ref: '#/$defs/Film' }, lost: { $ref: '#/$defs/constructor' } },
      $defs: { Film: { properties: { price: { deprecated: true }, next: { $ref: '#/$defs/Film' } } } },
    };
    const found = deprecatedFields({
      parameters: [],
      responses: { 200: { content: { 'application/json': { schema } } } },
    });
    expect(found[0]).toEqual({ in: 'answer', path: 'film.price', description: undefined });
    expect(found[1]).toMatchObject({ path: 'film.next.price' });
  });
});
