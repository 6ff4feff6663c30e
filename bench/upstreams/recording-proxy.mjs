import { Agent, createServer, request } from 'node:http';

/** Stands before one service and notes what is asked and answered. */
export class RecordingProxy {
  #server;
  #agent = new Agent({ keepAlive: true });

  /** Starts one before `address` (`host:port`). */
  static async start(service, address) {
    const proxy = new RecordingProxy(service, address);
    await new Promise((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  constructor(service, target) {
    this.service = service;
    /** What went through, in the order of its answers; `status` and `method` included. */
    this.exchanges = [];
    const [host, port] = target.split(':');
    this.#server = createServer((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      const sent = [];
      incoming.on('data', chunk => sent.push(chunk));
      // As it comes from the service, so that the noted body is text.
      const { 'accept-encoding': _encoding, ...forwarded } = headers;
      const onward = request(
        { host, port, method, path: url, headers: forwarded, agent: this.#agent },
        async answer => {
          const body = Buffer.concat(await answer.toArray()).toString();
          const asked = method === 'GET' ? {} : { request: Buffer.concat(sent).toString() };
          this.exchanges.push({ service, method, url, status: answer.statusCode, body, ...asked });
          outgoing.writeHead(answer.statusCode, {
            'content-type': answer.headers['content-type'] ?? 'application/json',
          });
          outgoing.end(body);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
  }

  /** `host:port` */
  get address() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#agent.destroy();
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}
