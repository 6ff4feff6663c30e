import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../checks/repository.js';
import { serviceNames } from '../../test/support/services.js';
import { apps, composeServices, knownVariables, services } from '../checks/compose.js';
import { stages } from '../checks/dockerfile.js';

const all = Object.entries(services);
const built = all.flatMap(([name, { build, ...service }]) => (build ? [{ name, build, ...service }] : []));
/** Of the Compose specification, as much as is used here. */
const SERVICE_KEYS = new Set(
  'build cap_drop command depends_on environment healthcheck image init network_mode networks ports read_only restart security_opt stop_grace_period tmpfs user volumes'.split(
    ' ',
  ),
);
const HEALTHCHECK_KEYS = new Set(['test', 'interval', 'timeout', 'retries', 'start_period']);
const bought = all.filter(([, { build }]) => !build);

describe('the compose file', () => {
  it('runs the example: its services, its issuer, both BFFs, and what they stand on', () => {
    expect(Object.keys(services).toSorted()).toEqual(
      [...serviceNames, ...apps, 'issuer', 'consul', 'redis', 'prometheus', 'grafana'].toSorted(),
    );
  });

  it.each(all)('%s has no rights it does not need', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
    });
    expect(service).not.toHaveProperty('privileged');
  });

  it.each(all)('%s says only what a service may say', (_, service) => {
    expect(Object.keys(service).filter(key => !SERVICE_KEYS.has(key))).toEqual([]);
    expect(Object.keys(service.healthcheck ?? {}).filter(key => !HEALTHCHECK_KEYS.has(key))).toEqual([]);
    expect([undefined, 'CMD']).toContain(service.healthcheck?.test[0]);
    // Whoever shares another's network has neither ports nor names of its own.
    const exclusive = ['ports', 'networks'].filter(key => service.network_mode && key in service);
    expect(exclusive).toEqual([]);
  });

  it.each(bought)('%s has an image that is pinned to a patch', (_, { image }) => {
    expect(image).toMatch(/:v?\d+\.\d+\.\d+(-[a-z]+)?$/);
  });

  it.each(built)('$name has an image of ours, of a stage and an app that there are', ({ image, build }) => {
    expect(image).toMatch(/^guichet-/);
    expect(existsSync(join(repository, 'deploy/docker', build.context, build.dockerfile))).toBe(true);
    expect(stages().map(({ name }) => name)).toContain(build.target);
    expect(existsSync(join(repository, 'apps', build.args?.['APP'] ?? ''))).toBe(true);
  });

  it.each(all)('%s waits for services that there are, and that say when they are well', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services).toHaveProperty(name);
      expect(condition).toBe('service_healthy');
      expect(Boolean(services[name]!.healthcheck ?? services[name]!.build)).toBe(true);
    }
  });

  it.each(all)('%s is published on this machine alone, on a port of its own', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const published = all.flatMap(([, service]) => service.ports ?? []).map(port => port.split(':')[1]);
    expect(new Set(published).size).toBe(published.length);
  });

  it.each(all)('%s mounts what is there, to read', (_, { volumes = [] }) => {
    for (const volume of volumes) {
      const [source, , mode] = volume.split(':');
      expect(existsSync(join(repository, 'deploy/docker', source!))).toBe(true);
      expect(mode).toBe('ro');
    }
  });

  it.each(built)('$name is told only what it knows', ({ environment = {} }) => {
    expect(Object.keys(environment).filter(key => !knownVariables().has(key))).toEqual([]);
  });

  it('names hosts that there are, in what it tells them', () => {
    const told = built.flatMap(({ environment = {} }) => Object.values(environment));
    const hosts = told.flatMap(value => [...value.matchAll(/(?:^|\/\/)([a-z]\w*):\d+/g)].map(([, host]) => host!));
    expect(hosts.length).toBeGreaterThan(0);
    expect(hosts.filter(host => !services[host] && host !== 'localhost')).toEqual([]);
  });

  it('starts programs that the build makes, from sources that are there', () => {
    const programs = built.flatMap(({ command = [] }) => command.filter(word => word.startsWith('dist/')));
    expect(programs).toHaveLength(8);
    const source = (program: string) => join(repository, program.replace(/^dist\/(.*)\.js$/, '$1.ts'));
    expect(programs.filter(program => !existsSync(source(program)))).toEqual([]);
  });

  it('has Prometheus look where the BFFs show their metrics', () => {
    const { scrape_configs: jobs } = parse(
      readFileSync(join(repository, 'deploy/prometheus/prometheus.yml'), 'utf8'),
    ) as { scrape_configs: { static_configs: { targets: string[]; labels: { app: string } }[] }[] };
    const targets = jobs.flatMap(job => job.static_configs);
    expect(targets.map(({ labels }) => labels.app)).toEqual(apps);
    for (const {
      targets: [target],
      labels,
    } of targets) {
      const [host, port] = target!.split(':');
      expect(composeServices().reachableAs(host!)).toBe(labels.app);
      expect(services[labels.app]!.environment!['MANAGEMENT_PORT'] ?? '9000').toBe(port);
    }
  });
});
