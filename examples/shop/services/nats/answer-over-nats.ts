import { setTimeout as pause } from 'node:timers/promises';
import type { Msg } from '@nats-io/transport-node';
import { Refusal } from '../http/refusal.js';
import type { Route, ServiceDefinition } from '../http/route.js';

/** A service that answers over NATS. */
export interface NatsAnswering {
  /** Lets go of the broker, within half a second; requests under way are answered. */
  stop(): Promise<void>;
}

/**
 * Answers a service's GET routes over NATS as well: `/stock/:sku` at `shop.inventory.stock.<sku>`, its query as the message's JSON
 * object. All instances of a service share its requests. Errors go as those of NATS' services, with the problem as their text.
 * @param addresses  of the brokers, `host:port`, separated by commas; they are tried in this order, until one is there
 */
export async function answerOverNats({ name, routes }: ServiceDefinition, addresses: string): Promise<NatsAnswering> {
  // Loaded only here: without a broker nobody needs it.
  const nats = await import('@nats-io/transport-node');
  const connection = await nats.connect({
    servers: addresses.split(','),
    name,
    noRandomize: true,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 50,
  });
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const words = ['shop', name, ...route.pattern.split('/').slice(1)];
    connection.subscribe(words.map(word => (word.startsWith(':') ? '*' : word)).join('.'), {
      queue: name,
      callback: (_error, message) => {
        const { text, problem } = answerTo(message, route, words);
        const headers = nats.headers();
        if (problem !== undefined) {
          headers.set('Nats-Service-Error', problem.code);
          headers.set('Nats-Service-Error-Code', String(problem.status));
        }
        message.respond(text, { headers });
      },
    });
  }
  // One that is gone would be waited for.
  return { stop: () => Promise.race([connection.drain().catch(() => {}), pause(500)]) };
}

function answerTo(
  message: Msg,
  route: Route,
  words: readonly string[],
): { readonly text: string; readonly problem?: Refusal } {
  try {
    const tokens = message.subject.split('.');
    const params = words.flatMap((word, index) =>
      word.startsWith(':') ? [[word.slice(1), tokens[index]!] as const] : [],
    );
    const headers = Object.fromEntries([...(message.headers ?? [])].map(([key, [value]]) => [key, value]));
    const request = { params: Object.fromEntries(params), query: queryOf(message), headers, body: undefined };
    return { text: JSON.stringify(route.handle(request)) };
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(error);
    const problem = error instanceof Refusal ? error : new Refusal(500, 'bug', 'The service has a bug.');
    return { text: JSON.stringify({ code: problem.code, detail: problem.message }), problem };
  }
}

function queryOf(message: Msg): URLSearchParams {
  if (message.data.length === 0) return new URLSearchParams();
  let data: unknown;
  try {
    data = message.json();
  } catch {
    throw new Refusal(400, 'malformed-json', 'The message is not JSON.');
  }
  if (typeof data !== 'object' || data === null) throw new Refusal(400, 'no-object', 'The message is no object.');
  return new URLSearchParams(Object.entries(data).map(([key, value]): [string, string] => [key, String(value)]));
}
