import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UiFiles } from './ui-files.js';

class Response {
  status = 200;
  readonly headers: Record<string, unknown> = {};
  body = '';
  setHeader(name: string, value: unknown): void {
    this.headers[name] = value;
  }
  writeHead(status: number): this {
    this.status = status;
    return this;
  }
  end(body: Buffer | undefined): void {
    this.body = String(body ?? '');
  }
}

describe('UiFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-ui-'));
  const root = join(folder, 'ui');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), 'the pages');
  writeFileSync(join(root, 'assets', 'index-abc.js'), 'code');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const files = new UiFiles(root);
  afterAll(() => rmSync(folder, { recursive: true }));

  const send = async (path: string): Promise<Response> => {
    const response = new Response();
    await files.send(path, response as unknown as ServerResponse);
    return response;
  };

  it('sends the pages for every address of theirs', async () => {
    for (const path of ['', 'index.html', 'executions/17', 'upstreams']) {
      const { body, headers } = await send(path);
      expect(body).toBe('the pages');
      expect(headers['Content-Type']).toBe('text/html; charset=utf-8');
    }
  });

  it('lets browsers keep what is named by its content', async () => {
    const { body, headers } = await send('assets/index-abc.js');
    expect(body).toBe('code');
    expect(headers).toMatchObject({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'private, max-age=31536000, immutable',
    });
  });

  it.each(['../secret.txt', '..%2fsecret.txt', 'assets/../../secret.txt', '/etc/passwd.txt', 'assets/none.js'])(
    'sends nothing for %s',
    async path => {
      const { status, body } = await send(path);
      expect(status).toBe(404);
      expect(body).toBe('');
    },
  );

  it('knows whether they are built', () => {
    expect(files.isBuilt).toBe(true);
    expect(new UiFiles(join(folder, 'nowhere')).isBuilt).toBe(false);
  });
});
