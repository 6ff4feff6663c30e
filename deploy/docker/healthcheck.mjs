/**
 * Asks the process in this container whether it lives; exit code 0 or 1. Images without curl need no more.
 * `node healthcheck.mjs [path]`: default `/health/live`, on `PORT`; `node healthcheck.mjs grpc`: by `grpc.health.v1`.
 */
import { connect } from 'node:http2';

const { HOST = '127.0.0.1', PORT = '3000' } = process.env;
const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST;
const [, , path = '/health/live'] = process.argv;
const TIMEOUT_MS = 2_500;
try {
  process.exit((await (path === 'grpc' ? isServing() : isOk())) ? 0 : 1);
} catch {
  process.exit(1);
}

async function isOk() {
  const answer = await fetch(`http://${host}:${PORT}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return answer.ok;
}

/** `Check({})` answers `{ status: SERVING }`; both as gRPC frames them. */
function isServing() {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${host}:${PORT}`).on('error', reject);
    session.setTimeout(TIMEOUT_MS, () => resolve(false));
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks = [];
    call.on('error', reject).on('data', chunk => chunks.push(chunk));
    call.on('end', () => resolve(Buffer.concat(chunks).equals(Buffer.from([0, 0, 0, 0, 2, 0x08, 1]))));
    call.end(Buffer.alloc(5));
  });
}
