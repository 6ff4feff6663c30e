import { fakeUpstream, type FakeUpstream, reply, replyRaw } from 'guichet/testing';
import { firstValueFrom } from 'rxjs';
import { z } from 'zod';
import { contextOf, started, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import type { UpstreamOptions } from '../upstream-options.js';
import { UpstreamRegistry } from '../upstream-registry.js';
import { Upstream } from '../upstream.decorator.js';
import { XmlUpstream } from './xml-upstream.js';

const copiesSchema = z.object({
  copies: z.object({ copy: z.array(z.object({ '@id': z.string(), shelf: z.coerce.number() })) }),
});

@Upstream('archive')
class ArchiveClient extends XmlUpstream {
  copies(id: string, options: { readonly maxBytes?: number } = {}) {
    return this.get('/copies/:id', { params: { id }, arrays: ['copies.copy'], schema: copiesSchema, ...options });
  }

  find(title: string, safe = true) {
    return this.post('/find', { body: { find: { title } }, contentType: 'text/xml; charset=utf-8', safe });
  }
}

@Upstream('archive')
class PlainClient extends HttpUpstream {}

let fake: FakeUpstream;
let rig: UpstreamRig;

async function serve(answer: (call: number) => ReturnType<typeof replyRaw>, options: UpstreamOptions = {}) {
  let calls = 0;
  fake = await fakeUpstream({ 'GET /copies/:id': () => answer(++calls), 'POST /find': () => answer(++calls) });
  rig = await upstreamRig([ArchiveClient, PlainClient], {
    fakes: { archive: [fake] },
    overrides: { archive: options },
  });
  return rig.app.get(ArchiveClient);
}

afterEach(async () => {
  await rig.close();
  await fake.close();
});

const xml = (body: string, type = 'application/xml') => replyRaw(body, { 'content-type': type });
const COPIES = '<copies><copy id="1"><shelf>12</shelf></copy></copies>';

describe('an XmlUpstream', () => {
  it.each(['text/xml', 'application/xml; charset=utf-8', 'application/vnd.archive+xml'])('reads %s', async type => {
    const client = await serve(() => xml(COPIES, type));
    await expect(firstValueFrom(client.in(contextOf()).copies('7'))).resolves.toEqual({
      copies: { copy: [{ '@id': '1', shelf: 12 }] },
    });
    expect(fake.requests[0]).toMatchObject({ headers: { accept: 'application/xml, text/xml' } });
  });

  it('sends XML, and may share a POST that changes nothing', async () => {
    const client = await serve(() => xml('<found/>'));
    const calls = ['a<b', 'a<b', 'c'].map(title => firstValueFrom(client.in(contextOf()).find(title)));
    await expect(Promise.all(calls)).resolves.toEqual(Array(3).fill({ found: '' }));
    expect(fake.requests.map(({ body }) => String(body))).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?><find><title>a&lt;b</title></find>',
      '<?xml version="1.0" encoding="UTF-8"?><find><title>c</title></find>',
    ]);
    expect(fake.requests[0]!.headers).toMatchObject({ 'content-type': 'text/xml; charset=utf-8' });
  });

  it('makes a POST alone that may change something', async () => {
    const client = await serve(() => xml('<found/>'));
    await Promise.all([1, 2].map(() => firstValueFrom(client.in(contextOf()).find('a', false))));
    expect(fake.requests).toHaveLength(2);
  });

  it.each([
    ['no XML', () => xml('{"a":1}', 'application/json'), 'upstream-malformed', 'did not send XML'],
    ['no type', () => xml(COPIES, ''), 'upstream-malformed', 'did not'],
    ['broken XML', () => xml('<copies>'), 'upstream-malformed', 'sent invalid XML'],
    ['a document type', () => xml(`<!DOCTYPE copies>${COPIES}`), 'upstream-malformed', 'sent invalid XML'],
    ['another document', () => xml('<secret>1</secret>'), 'upstream-malformed', 'does not fit its schema at copies'],
    ['nothing', () => xml(''), 'upstream-malformed', 'answered 200 without a body'],
    ['too much', () => xml(COPIES.padEnd(5_000)), 'upstream-too-large', 'more than 1000 bytes'],
    ['404', () => reply(404), 'upstream-status', 'answered 404'],
  ])('fails by %s', async (_, answer, code, message) => {
    const client = await serve(answer as never, { maxRetries: 0, maxBytes: 1_000 });
    await expect(started(client.in(contextOf()).copies('7')).outcome).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('reads no more than can be read in a moment, unless it is told to', async () => {
    const long = COPIES.replace('</copies>', `<!--${'x'.repeat(300_000)}--></copies>`);
    const client = (await serve(() => xml(long))).in(contextOf());
    await expect(started(client.copies('7')).outcome).rejects.toMatchObject({ code: 'upstream-too-large' });
    await expect(started(client.copies('7', { maxBytes: 400_000 })).outcome).resolves.toMatchObject({ copies: {} });
  });

  it('shares an upstream with clients that speak JSON', async () => {
    await serve(() => xml(COPIES));
    const registry = rig.app.get(UpstreamRegistry);
    expect(registry.runtimeOf(ArchiveClient)).toBe(registry.runtimeOf(PlainClient));
  });
});
