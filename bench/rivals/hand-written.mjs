/**
 * The rival that shows what Node can do: `node:http` and undici's `dispatch`, no framework, no layers.
 * Which page it serves is the file that `BENCH_PAGE` names; where the upstreams are, `BENCH_PORTS` says.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { JsonCall } from './json-call.mjs';

const { default: page } = await import(process.env['BENCH_PAGE']);
const pools = Object.fromEntries(
  Object.entries(JSON.parse(process.env['BENCH_PORTS'])).map(([service, port]) => [
    service,
    new Pool(`http://127.0.0.1:${port}`, { headersTimeout: 2_000, bodyTimeout: 2_000 }),
  ]),
);

/** @type {import('./get.js').Get} */
const get = (service, path, done, failed) => void new JsonCall(pools[service], path, done, failed);

/** @type {import('./get.js').Post} */
const post = (service, path, body, done, failed) => void new JsonCall(pools[service], path, done, failed, body);

createServer((request, response) => {
  const id = request.url.slice(request.url.lastIndexOf('/') + 1);
  if (!/^\d{1,6}$/.test(id)) {
    response.writeHead(400).end();
    return;
  }
  let over = false;
  const done = payload => {
    const body = JSON.stringify(payload);
    over = true;
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  };
  const failed = () => {
    if (over) return;
    over = true;
    response.writeHead(502).end();
  };
  page(get, id, done, failed, post);
}).listen(Number(process.env['PORT']), '127.0.0.1');
