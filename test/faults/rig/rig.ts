import { Consul } from '../../support/consul.js';
import { endPrograms } from '../../support/program.js';
import { BffUnderTest, type BffSettings } from './bff-under-test.js';
import { ConsulDoor } from './consul-door.js';
import { EchoInstance, type EchoOptions } from './echo-instance.js';

/** The rig's services. */
export const SERVICES = ['alpha', 'beta', 'gamma'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What a rig is made of. */
export interface RigSettings extends BffSettings, Omit<EchoOptions, 'consul'> {
  /** Instances of each service; 3 by default. */
  readonly instances?: number;
  readonly services?: readonly ServiceName[];
  /** Whether there is no BFF yet. */
  readonly isWithoutBff?: boolean;
}

/** A real Consul, services of several instances each, a process each, and a BFF that asks them. */
export class Rig {
  private readonly byName = new Map<ServiceName, EchoInstance[]>();
  private started: BffUnderTest | undefined;

  private constructor(
    readonly consul: Consul,
    /** What the BFF takes for Consul. */
    readonly door: ConsulDoor,
    private readonly settings: RigSettings,
  ) {}

  /** @returns once the BFF knows every instance */
  static async start(settings: RigSettings = {}): Promise<Rig> {
    const { instances = 3, services = SERVICES, isWithoutBff = false } = settings;
    const consul = await Consul.start();
    const rig = new Rig(consul, await new ConsulDoor(consul.address).start(), settings);
    try {
      await Promise.all(
        services.map(async name => {
          await Promise.all(Array.from({ length: instances }, () => rig.add(name)));
        }),
      );
      if (!isWithoutBff) {
        rig.started = await BffUnderTest.start(rig.door.address, settings);
        await rig.untilKnown();
      }
    } catch (error) {
      await rig.end();
      throw error;
    }
    return rig;
  }

  /** Whether it has a BFF that runs. */
  get hasBff(): boolean {
    return this.started !== undefined && this.started.program.child.connected;
  }

  get bff(): BffUnderTest {
    if (!this.started) throw new Error('the rig was started without a BFF');
    return this.started;
  }

  instancesOf(name: ServiceName): readonly EchoInstance[] {
    return this.byName.get(name) ?? [];
  }

  get instances(): readonly EchoInstance[] {
    return [...this.byName.values()].flat();
  }

  /** Starts one more instance. */
  async add(name: ServiceName): Promise<EchoInstance> {
    const instance = await EchoInstance.start(name, { ...this.settings, consul: this.consul });
    this.byName.set(name, [...(this.byName.get(name) ?? []), instance]);
    return instance;
  }

  /** Ends an instance: by SIGTERM it leaves Consul, drains and exits; SIGKILL is a crash. */
  async remove(instance: EchoInstance, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const name = instance.name as ServiceName;
    this.byName.set(
      name,
      this.instancesOf(name).filter(one => one !== instance),
    );
    await instance.program.end(signal);
    await instance.proxy?.close();
  }

  /** Resolves once the BFF knows, freshly, as many instances as there are. */
  async untilKnown(limitMs = 10_000): Promise<number> {
    return this.bff.knowsAll(Object.fromEntries([...this.byName].map(([name, all]) => [name, all.length])), limitMs);
  }

  /** A page's address. */
  page(path: string): string {
    return `${this.bff.url}/pages/${path}`;
  }

  async end(): Promise<void> {
    await endPrograms();
    this.door.close();
    await Promise.all(this.instances.map(({ proxy }) => proxy?.close()));
    await this.consul.kill();
  }
}
