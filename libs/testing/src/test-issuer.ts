import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Base64url of an object's JSON, or of a text as it is. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A compact JWS of whatever parts, signed RS256 with the issuer's key unless a signer is given. */
export function compact(
  header: unknown,
  claims: unknown,
  sign: (input: string) => string = input =>
    signBytes('sha256', Buffer.from(input), rsa.privateKey).toString('base64url'),
): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign(input)}`;
}

/** A small real issuer of access tokens: metadata, a JWK set, and a page that must never be fetched. */
export class TestIssuer {
  readonly publicKey: KeyObject = rsa.publicKey;
  readonly privateKey: KeyObject = rsa.privateKey;
  /** Every path that was asked for. */
  readonly fetched: string[] = [];
  /** Answers 503 to everything. */
  isDown = false;
  keys: readonly object[] = [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'main', use: 'sig', alg: 'RS256' }];
  private server: Server | undefined;

  get url(): string {
    return `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      this.fetched.push(request.url!);
      if (this.isDown) return response.writeHead(503).end();
      const document =
        request.url === '/.well-known/openid-configuration'
          ? { issuer: this.url, jwks_uri: `${this.url}/jwks` }
          : { keys: this.keys };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    }).listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.server!.closeAllConnections();
    this.server!.close();
    await once(this.server!, 'close');
  }

  /** The header of its access tokens. */
  header(more: object = {}): Record<string, unknown> {
    return { alg: 'RS256', typ: 'at+jwt', kid: 'main', ...more };
  }

  /** The claims of its access tokens. */
  claims(more: object = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.url,
      aud: 'bff',
      sub: 'ann',
      client_id: 'phone',
      jti: 'j1',
      iat: now - 1,
      exp: now + 300,
      ...more,
    };
  }

  /** A token that is right, but for what is said. */
  token(claims: object = {}, header: object = {}): string {
    return compact(this.header(header), this.claims(claims));
  }
}
