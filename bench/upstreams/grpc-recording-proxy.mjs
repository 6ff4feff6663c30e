import { connect, createServer } from 'node:http2';

/** As {@link import('./recording-proxy.mjs').RecordingProxy}, before a service over gRPC: of its calls with one message each way. */
export class GrpcRecordingProxy {
  #server = createServer();
  #target;

  /** Starts one before `address` (`host:port`). */
  static async start(service, address) {
    const proxy = new GrpcRecordingProxy(service, address);
    await new Promise((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  constructor(service, target) {
    this.service = service;
    /** What went through, in the order of its answers. Messages are as on the wire, base64. */
    this.exchanges = [];
    this.#target = connect(`http://${target}`);
    this.#server.on('session', session => session.on('error', () => {}));
    this.#server.on('stream', (stream, headers) => void this.#forward(stream, headers).catch(() => stream.close()));
  }

  /** `host:port` */
  get address() {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#target.destroy();
    await new Promise(resolve => {
      this.#server.close(resolve);
      this.#server.closeAllConnections?.();
    });
  }

  async #forward(stream, { ':authority': _authority, ':scheme': _scheme, ...headers }) {
    const request = await whole(stream);
    const onward = this.#target.request(headers);
    let head;
    let trailers;
    onward.once('response', received => (head = received));
    onward.once('trailers', received => (trailers = received));
    onward.end(request);
    const body = await whole(onward);
    const status = { ...head, ...trailers }['grpc-status'] === '0' ? 200 : 500;
    this.exchanges.push({
      service: this.service,
      method: 'GRPC',
      url: headers[':path'],
      status,
      request: request.toString('base64'),
      body: body.toString('base64'),
    });
    stream.respond({ ':status': head[':status'], 'content-type': head['content-type'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': { ...head, ...trailers }['grpc-status'] }));
    stream.end(body);
  }
}

async function whole(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
