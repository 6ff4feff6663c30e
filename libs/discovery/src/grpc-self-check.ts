import { type ClientHttp2Session, connect, constants } from 'node:http2';

/** Milliseconds: a process that needs longer than this is not ready for traffic. */
const TIMEOUT_MS = 2_000;
/** A message without content, as gRPC frames it: not compressed, of length 0. It asks for the server as a whole. */
const EMPTY_REQUEST = Buffer.alloc(5);
/** `HealthCheckResponse { status: SERVING }`, as gRPC frames it. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 0x08, 1]);

/**
 * Asks a process for its own health by `grpc.health.v1`, as Consul will. One call with one possible good answer: spoken by hand,
 * so that registering needs none of gRPC's packages.
 * @param address  `host:port`, an IPv6 host in brackets
 * @throws Error  when it does not say that it serves, or does not answer
 */
export async function grpcSelfCheck(address: string): Promise<void> {
  const session = connect(`http://${address}`);
  try {
    const answer = await check(session);
    if (!answer.equals(SERVING)) throw new Error('its own health is not SERVING');
  } finally {
    session.destroy();
  }
}

function check(session: ClientHttp2Session): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    session.on('error', reject);
    const call = session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
      [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
      [constants.HTTP2_HEADER_TE]: 'trailers',
    });
    session.setTimeout(TIMEOUT_MS, () => reject(new Error('its own health does not answer')));
    call.on('error', reject);
    call.on('data', (chunk: Buffer) => chunks.push(chunk));
    call.once('end', () => resolve(Buffer.concat(chunks)));
    call.end(EMPTY_REQUEST);
  });
}
