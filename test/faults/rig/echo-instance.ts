import { builtFixture } from '../../support/built-fixture.js';
import type { Consul, Place } from '../../support/consul.js';
import { Program } from '../../support/program.js';
import { FaultProxy } from './fault-proxy.js';

/** What an instance does wrong itself; what the network does wrong is a {@link FaultProxy}'s. */
export interface ServiceFault {
  /** Milliseconds that an answer takes; 20 by default. */
  readonly serviceMs?: number;
  /** Requests worked on at once. */
  readonly slots?: number;
  /** The part of the requests that suffers what follows. */
  readonly ratio?: number;
  readonly delayMs?: number;
  readonly status?: number;
  readonly isReset?: boolean;
  readonly isStalled?: boolean;
  readonly dripMs?: number;
  readonly headDripMs?: number;
  readonly isDoubled?: boolean;
}

/** What an instance saw since it was asked last. */
export interface ServiceCounts {
  readonly type: 'counted';
  readonly seen: number;
  /** Requests whose caller went away. */
  readonly aborted: number;
  /** What each of them was about, and when it went, in milliseconds of the system's clock. */
  readonly abortions: readonly { readonly path: string; readonly atMs: number }[];
  readonly underWay: number;
  readonly mostUnderWay: number;
  readonly sockets: number;
}

/** How an instance is started. */
export interface EchoOptions {
  readonly consul: Consul;
  /** Behind a {@link FaultProxy}, which Consul's checks do not go through: what is wrong is for the BFF to notice. */
  readonly isProxied?: boolean;
  readonly serviceMs?: number;
}

/** A running instance of a service of the rig, known to Consul. It says in each answer who it is. */
export class EchoInstance implements Place {
  readonly host = '127.0.0.1';

  private constructor(
    readonly name: string,
    /** As its answers say it. */
    readonly id: string,
    /** Where the BFF finds it. */
    readonly port: number,
    readonly program: Program,
    readonly proxy: FaultProxy | undefined,
  ) {}

  /** As the BFF knows it: `host:port`. */
  get address(): string {
    return `${this.host}:${this.port}`;
  }

  static async start(name: string, { consul, isProxied = false, serviceMs }: EchoOptions): Promise<EchoInstance> {
    const program = new Program(name, builtFixture('echo-service'), {
      env: {
        SERVICE: name,
        REGISTERS: isProxied ? '0' : '1',
        CONSUL_HTTP_ADDR: consul.address,
        ...(serviceMs !== undefined && { SERVICE_MS: String(serviceMs) }),
      },
    });
    const { port, instance } = await program.message<Listening>('listening');
    if (!isProxied) return new EchoInstance(name, instance, port, program, undefined);
    const proxy = await new FaultProxy(port).start();
    const started = new EchoInstance(name, instance, proxy.port, program, proxy);
    await consul.register(started, port);
    return started;
  }

  /** From now on; `{}` ends it. */
  async suffer(fault: ServiceFault): Promise<void> {
    await this.program.ask({ type: 'fault', fault }, 'faulty');
  }

  /** What it saw since it was asked last. */
  counts(): Promise<ServiceCounts> {
    return this.program.ask<ServiceCounts>({ type: 'counts' }, 'counted');
  }
}

interface Listening {
  readonly type: 'listening';
  readonly port: number;
  readonly instance: string;
}
