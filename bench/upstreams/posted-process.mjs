/**
 * Upstreams that are sent something, which files cannot answer: GraphQL by HTTP, and gRPC. A process of its own, so that it costs
 * those who are measured nothing. Is sent `{ exchanges }`; says `{ ports }` by service, once it listens on 127.0.0.1.
 */
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { graphqlKey } from './graphql-key.mjs';

process.once('disconnect', () => process.exit());
process.once('message', async ({ exchanges }) => {
  const services = [...new Set(exchanges.map(({ service }) => service))];
  const ports = await Promise.all(
    services.map(async service => {
      const own = exchanges.filter(exchange => exchange.service === service);
      const server = own.some(({ method }) => method === 'GRPC') ? grpc(own) : graphql(own);
      await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
      return [service, server.address().port];
    }),
  );
  process.send({ ports: Object.fromEntries(ports) });
});

function graphql(exchanges) {
  const answers = new Map(exchanges.map(({ url, request, body }) => [graphqlKey(url, request), Buffer.from(body)]));
  return createServer({ keepAliveTimeout: 3_600_000 }, (request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const answer = answers.get(graphqlKey(request.url, Buffer.concat(chunks).toString()));
      response.writeHead(answer ? 200 : 404, {
        'content-type': 'application/graphql-response+json',
        'content-length': answer?.length ?? 0,
      });
      response.end(answer);
    });
  });
}

function grpc(exchanges) {
  const answers = new Map(exchanges.map(({ url, request, body }) => [url + request, Buffer.from(body, 'base64')]));
  return createHttp2Server().on('stream', (stream, headers) => {
    const chunks = [];
    stream.on('error', () => {});
    stream.on('data', chunk => chunks.push(chunk));
    stream.on('end', () => {
      const answer = answers.get(headers[':path'] + Buffer.concat(chunks).toString('base64'));
      if (stream.destroyed) return;
      if (!answer) {
        // NOT_FOUND
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
        return;
      }
      stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(answer);
    });
  });
}
