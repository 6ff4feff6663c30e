import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { hasOwnTimeouts, isAnswering, requestId } from 'guichet/observability';
import { httpProblemKind } from './http-problem-table.js';
import { problem, PROBLEM_MEDIA_TYPE } from './problem.js';

const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Answers what Node's parser refuses (it never becomes a request) with a problem, and ends the connection.
 * Takes the place of the adapter's own listener.
 */
export function answerClientErrors(server: Server): void {
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Said once; the request goes on, and whoever takes its body ends it in time.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && hasOwnTimeouts(socket)) return;
    // An answer under way, or owed to an earlier request, would be taken for this one, or this one for it.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) return void socket.destroy();
    const status = STATUSES[error.code ?? ''] ?? 400;
    const { code, title } = httpProblemKind(status);
    const id = requestId(undefined);
    const body = JSON.stringify(problem(code, title, status, id));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      `X-Request-Id: ${id}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
