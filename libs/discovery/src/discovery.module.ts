import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from 'guichet/observability';
import { BootError, type BootProblem, BootProblems, Clock, readOptions, systemClock } from 'guichet/kernel';
import { AddressPolicy } from './address-policy.js';
import { ConsulSource } from './consul.source.js';
import { DiscoveryEvents, silentEvents } from './discovery-events.js';
import { DiscoveryMetrics } from './discovery-metrics.js';
import {
  DISCOVERY_OPTIONS,
  type DiscoveryOptions,
  type DiscoveryOptionsInput,
  discoveryOptions,
  withEnvironment,
} from './discovery.options.js';
import { InstanceSource } from './instance-source.js';
import { nestLog } from './nest-log.js';
import { SelfRegistration } from './self-registration.js';
import { SnapshotFile } from './snapshot-file.js';
import { StaticSource } from './static.source.js';
import { UpstreamsError } from './upstreams-file.js';

/**
 * Finds the instances of services, and registers the app itself: provides {@link InstanceSource} and
 * {@link SelfRegistration} to the whole app. Environment variables go before the options given here.
 * Takes `BootProblems`, `Clock`, `DiscoveryEvents` and `Metrics` where the app provides them.
 * @see docs/discovery.md
 */
@Module({})
export class DiscoveryModule implements OnApplicationShutdown {
  constructor(@Inject(InstanceSource) private readonly source: InstanceSource) {}

  /** @param options  what the environment does not say; all have defaults */
  static forRoot(options: DiscoveryOptionsInput = {}): DynamicModule {
    return {
      module: DiscoveryModule,
      global: true,
      providers: [
        {
          provide: DISCOVERY_OPTIONS,
          inject: [{ token: BootProblems, optional: true }],
          useFactory: (problems?: BootProblems) => {
            const { raw, origins } = withEnvironment(options, process.env);
            return readOptions('discovery', discoveryOptions, raw, problems, origins);
          },
        },
        {
          provide: InstanceSource,
          inject: [
            DISCOVERY_OPTIONS,
            { token: BootProblems, optional: true },
            { token: Clock, optional: true },
            { token: DiscoveryEvents, optional: true },
            { token: Metrics, optional: true },
          ],
          useFactory: makeSource,
        },
        SelfRegistration,
      ],
      exports: [InstanceSource, SelfRegistration],
    };
  }

  /** Last of all: pages that are still under way need their instances. */
  async onApplicationShutdown(): Promise<void> {
    await this.source.close();
  }
}

function makeSource(
  options: DiscoveryOptions,
  problems?: BootProblems,
  clock: Clock = systemClock,
  events: DiscoveryEvents = silentEvents,
  metrics: Metrics | undefined = undefined,
): InstanceSource {
  const log = nestLog('Discovery');
  const { source, consul, watch, upstreamsFile: file } = options;
  try {
    if (source === 'consul') {
      const counted = metrics ? new DiscoveryMetrics(metrics, events) : events;
      const policy = new AddressPolicy(options.addresses);
      const { file: path, maxAgeMs } = options.snapshot;
      const snapshots = path === undefined ? undefined : new SnapshotFile({ path, maxAgeMs, policy, clock, log });
      return new ConsulSource({ consul, watch, policy, snapshots, clock, log, events: counted });
    }
    if (file !== undefined) return new StaticSource({ file, clock, log });
    throw new UpstreamsError('static discovery needs a file with the instances');
  } catch (error) {
    const problem = { where: 'discovery', message: (error as Error).message };
    const found: BootProblem =
      source === 'consul'
        ? { ...problem, path: 'CONSUL_CACERT', value: consul.caFile, mend: 'name a readable PEM file' }
        : {
            ...problem,
            path: 'UPSTREAMS_FILE',
            value: file,
            mend: 'name a JSON file of the form { "<service>": ["host:port"] }, or set DISCOVERY=consul',
          };
    if (!problems) throw new BootError([found]);
    problems.add(found);
    // The boot will end; until then the other rooms may look for more problems.
    return new StaticSource({ services: {}, clock, log });
  }
}
