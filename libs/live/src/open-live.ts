import { type DiscoveryLog, replicaId } from 'guichet/discovery';
import { type BootProblems, type Clock, LiveSettings } from 'guichet/kernel';
import type { ManagementServer, Metrics } from 'guichet/observability';
import { ConsulKeySource } from './consul.source.js';
import { FileSource } from './file.source.js';
import { LastGoodFile } from './last-good-file.js';
import { LiveConfiguration } from './live-configuration.js';
import { showLiveConfiguration } from './live-metrics.js';
import type { LiveOptions } from './live-options.js';
import type { LiveSource } from './live-source.js';
import { StatusKey } from './status-key.js';

/** What the live configuration of an app is made of. */
export interface OpenLiveParts {
  /** The app's. */
  readonly name: string;
  readonly options: LiveOptions;
  readonly problems: BootProblems;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: DiscoveryLog;
}

/** The live configuration of an app, from its boot to its end. */
export interface OpenedLive {
  /** What the app's rooms make their places in. */
  readonly settings: LiveSettings;
  readonly configuration: LiveConfiguration;
  /** Tells in Consul how this replica stands, once it listens; with a file there is nobody to tell. */
  announce(replica: { readonly host: string; readonly port: number }): void;
  close(): Promise<void>;
}

/** @returns the live configuration of an app, which looks at nothing yet; undefined where it is off, and then nothing of it costs anything */
export function openLive({ name, options, problems, metrics, clock, log }: OpenLiveParts): OpenedLive | undefined {
  const source = sourceOf(name, options, problems, clock);
  if (source === undefined) return undefined;
  const { snapshotFile } = options;
  const lastGood = snapshotFile === undefined ? undefined : new LastGoodFile(snapshotFile, source.name, log);
  const settings = new LiveSettings();
  const { configuration: shown } = problems;
  const configuration = new LiveConfiguration({ source, settings, configuration: shown, lastGood, clock, log });
  showLiveConfiguration(metrics, configuration);
  let status: StatusKey | undefined;
  return {
    settings,
    configuration,
    announce: ({ host, port }) => {
      if (!(source instanceof ConsulKeySource)) return;
      status = new StatusKey(`guichet/${name}/status/${replicaId(name, host, port)}`, source, clock, log);
      const telling = status;
      configuration.listen({ changed: state => telling.tell(state) });
      telling.tell(configuration.state);
    },
    close: async () => {
      await status?.close();
      await configuration.close();
    },
  };
}

/** The path on the management port where all of it can be read. */
export const LIVE_CONFIGURATION_PATH = '/live-configuration';

/** Shows on the management port what is in force, since when, and what is not. */
export function showOnManagement(management: ManagementServer, live: LiveConfiguration): void {
  management.route('GET', LIVE_CONFIGURATION_PATH, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(live.state));
  });
}

function sourceOf(name: string, options: LiveOptions, problems: BootProblems, clock: Clock): LiveSource | undefined {
  if (options.source === 'file') return new FileSource(options.file!, clock);
  if (options.source !== 'consul') return undefined;
  try {
    return new ConsulKeySource(options.consul, `guichet/${name}/configuration`, clock);
  } catch (error) {
    problems.add({
      where: 'live',
      path: 'CONSUL_CACERT',
      message: (error as Error).message,
      value: options.consul.caFile,
      mend: 'name a readable PEM file',
    });
    return undefined;
  }
}
