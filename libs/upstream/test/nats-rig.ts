import { randomUUID } from 'node:crypto';
import { connect, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { obtainNats, type RunningNats, startNats } from '../../../scripts/servers/nats.mjs';

/** A real NATS server that can be ended and started again at its address. */
export class NatsServer {
  private constructor(
    private readonly program: string,
    private readonly args: readonly string[],
    private running: RunningNats,
  ) {}

  static async start(...args: readonly string[]): Promise<NatsServer> {
    const program = await obtainNats();
    return new NatsServer(program, args, await startNats({ program, args }));
  }

  get port(): number {
    return this.running.port;
  }

  get address(): string {
    return this.running.address;
  }

  kill(): Promise<void> {
    return this.running.kill();
  }

  /** Where the ended one was. */
  async startAgain(): Promise<void> {
    const { program, args, port } = this;
    this.running = await startNats({ program, args, port });
  }

  /** Has it answer nothing while its connections stay open. */
  stand(): void {
    this.running.stand();
  }

  goOn(): void {
    this.running.goOn();
  }
}

/** What a responder answers with; undefined says nothing. */
export type Responses = (message: Msg) => { readonly data?: string; readonly headers?: Msg['headers'] } | undefined;

/** A service behind a broker: answers all subjects. */
export class Responder {
  /** What was asked so far: subject, data, headers. */
  readonly asked: { readonly subject: string; readonly data: string; readonly headers: Record<string, string> }[] = [];
  private waiting: (() => void)[] = [];

  private constructor(private readonly connection: NatsConnection) {}

  /** @param servers  it roams between */
  static async start(
    servers: readonly string[],
    responses: Responses,
    subject = 'shop.>',
    queue: string = randomUUID(),
  ): Promise<Responder> {
    const connection = await connect({
      servers: [...servers],
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
      reconnectJitter: 0,
    });
    const responder = new Responder(connection);
    connection.subscribe(subject, {
      queue,
      callback: (_error, message) => {
        const headers = Object.fromEntries([...(message.headers ?? [])].map(([name, [value = '']]) => [name, value]));
        responder.asked.push({ subject: message.subject, data: message.string(), headers });
        for (const wake of responder.waiting.splice(0)) wake();
        const given = responses(message);
        if (given !== undefined) {
          message.respond(given.data, given.headers === undefined ? undefined : { headers: given.headers });
        }
      },
    });
    await connection.flush();
    return responder;
  }

  /** Resolves with the next request. */
  async next(): Promise<void> {
    await new Promise<void>(resolve => this.waiting.push(resolve));
  }

  stop(): Promise<void> {
    return this.connection.close();
  }
}
