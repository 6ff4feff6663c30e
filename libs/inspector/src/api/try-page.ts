import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from 'guichet/kernel';
import type { PagePlan } from 'guichet/page';
import { z } from 'zod';
import type { Executions } from '../executions/executions.js';
import { BadQuestion } from '../http/answer.js';

/** What somebody tries. */
export const triedSchema = z.strictObject({
  /** The page's class. */
  page: z.string().max(200),
  params: z.record(z.string().max(100), z.string().min(1, 'is empty').max(500)).default({}),
  query: z
    .array(z.tuple([z.string().min(1).max(100), z.string().max(2_000)]))
    .max(50)
    .default([]),
  /** An access token, shown to the app and kept nowhere. */
  token: z
    .string()
    .regex(/^[\x21-\x7e]{1,8192}$/, 'is no token')
    .optional(),
});

/** What somebody tries. */
export type Tried = z.input<typeof triedSchema>;

/** What came of it. */
export interface TriedAnswer {
  readonly path: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Whether the body was longer than what is shown. */
  readonly isCut: boolean;
  readonly durationMs: number;
  /** The execution that answered; null where the request did not get as far as the page. */
  readonly execution: number | null;
}

/** Where the app serves, and under which name it is asked. */
export interface AppPlace {
  readonly address: AddressInfo;
  /** A `Host` that the app takes for its own. */
  readonly host: string;
}

/** What is wrong with what somebody tries, in words. */
export class CannotTry extends BadQuestion {}

const MAX_BODY_BYTES = 262_144;
/** Milliseconds over a page's budget that its answer is waited for. */
const PATIENCE_MS = 2_000;
/** Milliseconds an answered request has to be written down. */
const NOTING_MS = 500;
/** How many may be under way at once. */
const MAX_UNDER_WAY = 4;

/** Asks the app's own pages over its own port, as any client would: guards, limits and all. Nothing else can be asked, and only GET. */
export class TryPage {
  private underWay = 0;

  constructor(
    private readonly pages: { readonly plans: readonly PagePlan[] },
    private readonly executions: Executions,
    private readonly place: () => AppPlace,
    private readonly clock: Clock,
  ) {}

  /** @throws CannotTry  saying why */
  async run(input: unknown): Promise<TriedAnswer> {
    const checked = triedSchema.safeParse(input);
    if (!checked.success) throw new CannotTry(z.prettifyError(checked.error));
    const { page, params, query, token } = checked.data;
    const plan = this.pages.plans.find(({ name, declaration }) => name === page && declaration.method === 'GET');
    if (plan === undefined) throw new CannotTry(`there is no page ${page} that is read by GET`);
    if (this.underWay >= MAX_UNDER_WAY) throw new CannotTry('too many are being tried at once');
    const path = pathOf(plan, params, query);
    this.underWay++;
    try {
      return await this.ask(path, token, plan.declaration.budgetMs + PATIENCE_MS);
    } finally {
      this.underWay--;
    }
  }

  private async ask(path: string, token: string | undefined, timeoutMs: number): Promise<TriedAnswer> {
    const { address, host } = this.place();
    const requestId = `inspector-${randomBytes(12).toString('hex')}`;
    const noted = this.noted(requestId);
    const startedAt = this.clock.now();
    try {
      const response = await send({
        host: reachable(address.address),
        port: address.port,
        path,
        headers: {
          host,
          accept: 'application/json',
          'x-request-id': requestId,
          'x-page-trace': '1',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { body, isCut } = await readBody(response);
      return {
        path,
        status: response.statusCode!,
        headers: headersOf(response),
        body,
        isCut,
        durationMs: Math.round((this.clock.now() - startedAt) * 10) / 10,
        execution: await noted.id(NOTING_MS),
      };
    } catch (error) {
      throw new CannotTry(`the app did not answer: ${(error as Error).message}`);
    } finally {
      noted.stop();
    }
  }

  /** Waits for the execution of a request. */
  private noted(requestId: string): { id(withinMs: number): Promise<number | null>; stop(): void } {
    let found: number | null = null;
    let tell: (id: number) => void = () => {};
    const stop = this.executions.subscribe(execution => {
      if (execution.requestId === requestId) tell((found = execution.id));
    });
    return {
      stop,
      id: async withinMs => {
        if (found !== null) return found;
        return new Promise(resolve => {
          const timer = this.clock.setTimer(() => resolve(null), withinMs);
          tell = id => {
            timer.clear();
            resolve(id);
          };
        });
      },
    };
  }
}

function pathOf(
  { declaration }: PagePlan,
  params: Readonly<Record<string, string>>,
  query: readonly (readonly [string, string])[],
): string {
  const path = declaration.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name]! : '';
    // What a router, or a proxy before it, takes for a step upwards would be another page's address.
    if (value === '' || value === '.' || value === '..')
      throw new CannotTry(`${name}: is missing, or no value of a path`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return `/${path}${search && `?${search}`}`;
}

/** @returns where a server that listens on all addresses is reached from here */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

function send(options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    httpRequest({ ...options, agent: false }, resolve)
      .once('error', reject)
      .end();
  });
}

async function readBody(response: IncomingMessage): Promise<{ body: string; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY_BYTES) break;
  }
  const whole = Buffer.concat(chunks);
  return { body: whole.subarray(0, MAX_BODY_BYTES).toString('utf8'), isCut: size > MAX_BODY_BYTES };
}

/** A session that the answer would begin is nobody's to see. */
function headersOf({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    found.push([name, /^set-cookie$/i.test(name) ? '•••' : rawHeaders[at + 1]!]);
  }
  return found;
}
