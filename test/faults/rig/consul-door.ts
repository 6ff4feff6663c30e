import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands before Consul, counts what it is asked, and can answer in its place that it is broken. */
export class ConsulDoor {
  private readonly server: Server;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly asked = new Map<string, number[]>();
  private isBroken = false;

  /** @param consul  `host:port` */
  constructor(private readonly consul: string) {
    this.server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  /** Every answer is 500, also to queries that wait, until {@link mend}. */
  break(): void {
    this.isBroken = true;
    this.server.closeAllConnections();
  }

  mend(): void {
    this.isBroken = false;
  }

  /**
   * @param sinceMs  an instant of `performance.now()`
   * @returns the most queries a second for one service, on average since then
   */
  queriesPerSecond(sinceMs: number): number {
    const seconds = (performance.now() - sinceMs) / 1_000;
    const counts = [...this.asked.values()].map(instants => instants.filter(instant => instant >= sinceMs).length);
    return Math.max(0, ...counts) / seconds;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const service = /^\/v1\/health\/service\/([^?]*)/.exec(incoming.url!)?.[1];
    if (service) this.asked.set(service, [...(this.asked.get(service) ?? []), performance.now()]);
    if (this.isBroken) return void outgoing.writeHead(500).end('No cluster leader');
    const [host, port] = this.consul.split(':') as [string, string];
    const { method, url: path, headers } = incoming;
    const onward = request({ host, port, method, path, headers, agent: this.agent }, answer => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
