import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { BootError, runInContext } from 'guichet/kernel';
import { firstValueFrom } from 'rxjs';
import { contextOf, type RigOptions, upstreamRig, type UpstreamRig } from '../../test/upstream-rig.js';
import { HttpUpstream } from '../http-upstream.js';
import { Upstream } from '../upstream.decorator.js';
import { upstreamOptionsSchema } from '../upstream-options.js';
import { tlsMaterial } from './tls-material.js';

@Upstream('catalog')
class CatalogClient extends HttpUpstream {
  thing() {
    return this.get('/thing');
  }
}

const file = (name: string): string => join(__dirname, '../../test/tls', name);
const authority = { caFile: file('authority.pem') };
const own = { certFile: file('catalog.pem'), keyFile: file('catalog.key.pem') };

describe('https', () => {
  let server: Server;
  let rig: UpstreamRig | undefined;
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    const [cert, key, ca] = [own.certFile, own.keyFile, authority.caFile].map(path => readFileSync(path, 'utf8'));
    server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const socket = request.socket as TLSSocket;
      seen.push(socket.servername === false ? undefined : (socket.servername ?? undefined));
      const shown = (socket.getPeerCertificate().subject as { CN?: string } | undefined)?.CN ?? null;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ shown }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => rig?.close());
  afterAll(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  async function ask(
    options: NonNullable<RigOptions['defaults']>,
    meta: Record<string, string> = {},
  ): Promise<unknown> {
    const { port } = server.address() as AddressInfo;
    rig = await upstreamRig([CatalogClient], { defaults: options });
    rig.app.useLogger(false);
    rig.source.set('catalog', { id: 'a', service: 'catalog', host: '127.0.0.1', port, weight: 1, tags: [], meta });
    const client = rig.app.get(CatalogClient);
    return runInContext(contextOf(), () => firstValueFrom(client.thing()));
  }

  it('verifies that the certificate is for the service, whatever its address', async () => {
    expect(await ask({ scheme: 'https', tls: authority })).toEqual({ shown: null });
    expect(seen.at(-1)).toBe('catalog');
  });

  it('shows a certificate of its own', async () => {
    expect(await ask({ scheme: 'https', tls: { ...authority, ...own } })).toEqual({ shown: 'catalog' });
  });

  it.each([
    ['an authority that nobody knows', { scheme: 'https' as const }],
    ['another name', { scheme: 'https' as const, tls: { ...authority, servername: 'pricing' } }],
  ])('refuses a certificate of %s, before anything is sent', async (_, options) => {
    const before = seen.length;
    await expect(ask(options)).rejects.toMatchObject({ code: 'upstream-refused' });
    expect(seen).toHaveLength(before);
  });

  // Said outright, so that Node does not ask NODE_TLS_REJECT_UNAUTHORIZED.
  it('says that certificates are verified', () => {
    expect(tlsMaterial('catalog', upstreamOptionsSchema.parse({}))).toEqual({
      servername: 'catalog',
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    });
  });

  it('is what the instance’s meta says, unless the options say otherwise', async () => {
    expect(await ask({ tls: authority }, { scheme: 'https' })).toEqual({ shown: null });
    await rig!.close();
    await expect(ask({ tls: authority, scheme: 'http' }, { scheme: 'https' })).rejects.toMatchObject({
      code: expect.stringMatching(/upstream-(?:reset|malformed)/) as string,
    });
    await rig!.close();
    expect(await ask({ tls: authority, scheme: 'https' }, { scheme: 'http' })).toEqual({ shown: null });
  });

  it('takes any certificate in development alone, by name', async () => {
    const options = { scheme: 'https', tls: { acceptsAnyCertificate: true } } as const;
    expect(await ask(options)).toEqual({ shown: null });
    await rig!.close();
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(ask(options)).rejects.toThrow(/tls\.acceptsAnyCertificate: is for development/);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it.each([
    [{ caFile: '/nowhere/ca.pem' }, /tls\.caFile: \/nowhere\/ca\.pem cannot be read \(ENOENT\)/],
    [{ certFile: own.certFile }, /tls\.certFile: stands without its other half/],
    [{ verify: false } as object, /unknown option/],
  ])('ends the boot with %j', async (tls, message) => {
    const boot = ask({ scheme: 'https', tls });
    await expect(boot).rejects.toBeInstanceOf(BootError);
    await expect(boot).rejects.toThrow(message);
  });
});
