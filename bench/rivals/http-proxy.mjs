/** The rival of pass-through routes: Fastify with @fastify/http-proxy, everything at its default. */
import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const { files } = JSON.parse(process.env['BENCH_PORTS']);
const app = Fastify();
await app.register(httpProxy, { upstream: `http://127.0.0.1:${files}`, prefix: '/api', rewritePrefix: '' });
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
