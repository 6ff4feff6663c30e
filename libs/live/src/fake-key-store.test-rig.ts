import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The little of Consul's key-value store that a source of documents asks: values, and queries that wait for a change. */
export class FakeKeyStore {
  private readonly values = new Map<string, string>();
  private readonly waiting = new Set<{ readonly key: string; readonly response: ServerResponse }>();
  private index = 1;
  private readonly server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost');
    const key = decodeURIComponent(url.pathname.replace('/v1/kv/', ''));
    if (Number(url.searchParams.get('index') ?? 0) >= this.index) this.waiting.add({ key, response });
    else this.answer(key, response);
  });

  /** @returns `host:port` */
  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  set(key: string, value: string | undefined): void {
    if (value === undefined) this.values.delete(key);
    else this.values.set(key, value);
    this.index++;
    for (const one of this.waiting) this.answer(one.key, one.response);
    this.waiting.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(key: string, response: ServerResponse): void {
    const value = this.values.get(key);
    const body = value === undefined ? [] : [{ Key: key, Value: toBase64(value), ModifyIndex: this.index }];
    response.writeHead(value === undefined ? 404 : 200, {
      'Content-Type': 'application/json',
      'X-Consul-Index': String(this.index),
    });
    response.end(JSON.stringify(body));
  }
}

/** An empty value is null there. */
function toBase64(value: string): string | null {
  return value === '' ? null : Buffer.from(value).toString('base64');
}
