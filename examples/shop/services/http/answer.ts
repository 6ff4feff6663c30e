import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Faults, sendWhole } from './faults.js';
import { Refusal } from './refusal.js';
import { matchRoute, Reply, type ServiceDefinition } from './route.js';

/** Longest request body taken, bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Answers one request; whatever a route throws that is not a {@link Refusal} is logged as a bug and answered with 500. */
export async function answer(
  service: ServiceDefinition,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const path = url.split('?', 1)[0]!;
  const method = request.method ?? 'GET';
  let send = sendWhole;
  let reply: Reply;
  try {
    const body = await readBody(request);
    const unstruck = path === '/health/live' ? up(service) : faults.control(method, path, body);
    if (unstruck) return sendWhole(response, unstruck);
    const struck = await faults.strike(request, response, body);
    if (!struck) return;
    send = struck;
    const { route, params } = matchRoute(service.routes, method, path);
    const query = new URLSearchParams(url.slice(path.length));
    const result = await route.handle({ params, query, headers: request.headers, body });
    reply = result instanceof Reply ? result : new Reply(200, result);
  } catch (error) {
    if (response.destroyed) return;
    if (!(error instanceof Refusal)) console.error(error);
    reply = problem(error instanceof Refusal ? error : new Refusal(500, 'bug', 'The service has a bug.'), path);
  }
  if (!response.destroyed) send(response, reply);
}

function up(service: ServiceDefinition): Reply {
  return new Reply(200, { status: 'up', service: service.name });
}

function problem(refusal: Refusal, instance: string): Reply {
  const { status, code, message } = refusal;
  const type = `urn:problem:${code}`;
  return new Reply(
    status,
    { type, title: code.replaceAll('-', ' '), status, detail: message, instance, code },
    { 'Content-Type': 'application/problem+json' },
  );
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET') return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, 'too-large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  if (bytes === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new Refusal(400, 'malformed-json', 'The body is not JSON.');
  }
}
