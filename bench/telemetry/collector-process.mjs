/** A collector of traces in a process of its own, so that its work never counts as a server's: takes every export and forgets it. */
import { createServer } from 'node:http';

let exports = 0;
let bytes = 0;

const server = createServer((request, response) => {
  request.on('data', chunk => (bytes += chunk.length));
  request.on('end', () => {
    exports++;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.on('message', () => process.send?.({ exports, bytes }));
process.on('disconnect', () => process.exit(0));
