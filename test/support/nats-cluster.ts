import { freePort } from 'guichet/testing';
import { obtainNats, type RunningNats, startNats } from '../../scripts/servers/nats.mjs';
import { request } from './http.js';

/** A connection as a NATS server knows it. */
export interface NatsConnectionInfo {
  readonly name?: string;
  /** Messages that it sent to the server. */
  readonly in_msgs: number;
}

/** One real NATS server of a cluster; it can be ended and started again at its address. */
export class ClusteredNats {
  private constructor(
    private readonly start: () => Promise<RunningNats>,
    private readonly monitorPort: number,
    private running: RunningNats,
  ) {}

  /** Starts two servers that hand each other what the other's clients listen for. */
  static async pair(): Promise<readonly [ClusteredNats, ClusteredNats]> {
    const program = await obtainNats();
    const routes = [await freePort(), await freePort()] as const;
    const one = async (own: number, other: number): Promise<ClusteredNats> => {
      const [port, monitorPort] = [await freePort(), await freePort()];
      const cluster = ['--cluster_name', 'guichet', '--cluster', `nats://127.0.0.1:${own}`];
      const args = [...cluster, '--routes', `nats://127.0.0.1:${other}`, '-m', String(monitorPort)];
      const start = (): Promise<RunningNats> => startNats({ program, port, args });
      return new ClusteredNats(start, monitorPort, await start());
    };
    return [await one(...routes), await one(routes[1], routes[0])];
  }

  get address(): string {
    return this.running.address;
  }

  /** @returns the connections of that name that it has now */
  async connectionsOf(name: string): Promise<readonly NatsConnectionInfo[]> {
    const { json } = await request(`http://127.0.0.1:${this.monitorPort}/connz`);
    const { connections } = json() as { connections: readonly NatsConnectionInfo[] };
    return connections.filter(connection => connection.name === name);
  }

  kill(): Promise<void> {
    return this.running.kill();
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** Resolves once it greets who connects. */
  async startAgain(): Promise<void> {
    this.running = await this.start();
  }
}
