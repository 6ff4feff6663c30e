import { z } from 'zod';
import { pageApp } from '../test/page-app.js';
import { compilePage } from './compile.js';
import { describePage } from './describe-page.js';
import { body, headers, params, principal, query } from './inputs.js';
import { addPagesToOpenApi } from './openapi.js';
import { Command, Page } from './page.decorator.js';
import { internal, optional, required } from './sections.js';

@Page('films/:id/in/:city', { budgetMs: 100, summary: 'One film', shape: z.object({ title: z.string() }) })
class FilmPage {
  private readonly params = params(z.looseObject({ id: z.coerce.number<string>().describe('From 1.') }));
  private readonly query = query(z.object({ q: z.string(), page: z.string().optional() }));
  private readonly headers = headers(z.looseObject({ 'x-shop': z.string().optional() }));
  private readonly viewer = principal();
  readonly title = required([this.params, this.query, this.headers, this.viewer], () => 'x');
  readonly margin = internal([], () => 1);
}

@Command('POST', 'orders', { budgetMs: 100, status: 201 })
class OrderCommand {
  private readonly body = body(z.object({ film: z.number() }));
  readonly order = required([this.body], () => 1);
  readonly mail = optional([this.order], () => 1);
}

describe('describePage', () => {
  const film = JSON.parse(
    JSON.stringify(describePage(compilePage(new FilmPage()).plan!, { problem: { $ref: '#/p' } })),
  ) as never;
  const order = JSON.parse(JSON.stringify(describePage(compilePage(new OrderCommand()).plan!))) as never;

  it('has parameters from the schemas of path, query and headers', () => {
    expect(film).toMatchObject({
      operationId: 'FilmPage',
      summary: 'One film',
      parameters: [
        { name: 'id', in: 'path', required: true, description: 'From 1.' },
        { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'page', in: 'query', required: false },
        { name: 'x-shop', in: 'header', required: false },
        { name: 'city', in: 'path', required: true },
      ],
    });
  });

  it('has the answer of the shape, with the states of the public sections beside it', () => {
    expect(film).toMatchObject({
      responses: {
        200: {
          headers: { 'Page-Complete': { schema: { enum: ['?0', '?1'] } } },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['title'],
                properties: {
                  title: { type: 'string' },
                  _sections: { properties: { title: { required: ['state', 'reason'] } } },
                },
              },
            },
          },
        },
        401: {},
        504: { content: { 'application/problem+json': { schema: { $ref: '#/p' } } } },
      },
    });
    expect(JSON.stringify(film)).not.toContain('margin');
  });

  it('describes a command: body, status, sections', () => {
    expect(order).toMatchObject({
      requestBody: { content: { 'application/json': { schema: { type: 'object', required: ['film'] } } } },
      responses: {
        201: { content: { 'application/json': { schema: { required: ['order'], properties: { mail: {} } } } } },
      },
    });
    expect(order).not.toHaveProperty(['responses', '401']);
  });
});

it('puts all pages of an app into its document, where swagger has them', async () => {
  const { app } = await pageApp('fastify', [FilmPage, OrderCommand]);
  const document = { openapi: '3.1.0', paths: { '/v1/pages/orders': { post: { operationId: 'handler' }, get: {} } } };
  const { paths } = addPagesToOpenApi(document, app) as { paths: Record<string, object> };
  expect(Object.keys(paths)).toEqual(['/v1/pages/orders', '/pages/films/{id}/in/{city}']);
  expect(paths['/v1/pages/orders']).toMatchObject({ post: { operationId: 'OrderCommand' }, get: {} });
  await app.close();
});
