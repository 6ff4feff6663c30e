/** The containers of deploy/docker, without an engine: what the images hold, wired as the compose file says. */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RealRedis } from 'guichet/testing';
import { services } from '../deploy/checks/compose.js';
import { Composed, type Container } from './support/composed.js';
import { Consul, describeWithConsul } from './support/consul.js';
import { request } from './support/http.js';
import { Images } from './support/image.js';
import { repository } from './support/program.js';
import { scratchFolder, serviceNames } from './support/services.js';
import { until } from './support/until.js';

jest.setTimeout(60_000);

// Only Linux has all of 127.0.0.0/8 on loopback, which stands for the containers' networks.
const describeOnLinux: (name: string, body: () => void) => void =
  process.platform === 'linux'
    ? describeWithConsul
    : name => {
        process.stderr.write(`SKIPPED ${name}: this is no Linux\n`);
        describe(name, () => it.skip('needs Linux', () => {}));
      };

describeOnLinux('the containers of the compose file', () => {
  const containers = new Map<string, Container>();
  const state = scratchFolder();
  let consul: Consul;
  let redis: RealRedis;
  let filesBefore: readonly string[];

  beforeAll(async () => {
    [consul, redis] = await Promise.all([Consul.start(), new RealRedis().start()]);
    const places = { 'consul:8500': consul.address, 'redis:6379': redis.url.replace('redis://', '') };
    const composed = new Composed(new Images(), places, { '/var/lib/guichet': state });
    const start = (name: string) => {
      containers.set(name, composed.start(name));
      return containers.get(name)!;
    };
    // As depends_on has it: the issuer first, the BFFs last.
    await start('issuer').program.firstLine();
    await Promise.all(serviceNames.map(name => start(name).program.firstLine()));
    start('web');
    start('mobile');
    filesBefore = imagesOf(containers);
    await until('both BFFs are ready', async () => (await ready('web')) && (await ready('mobile')), {
      limitMs: 30_000,
    });
  });

  afterAll(async () => {
    await Promise.all([redis?.stop(), consul?.kill()]);
  });

  /** Asks a container as a browser on this machine does: by `localhost`, where its port is published. */
  const ask = (name: string, path: string, headers: Readonly<Record<string, string>> = {}, port = 'PORT') => {
    const { host, environment } = containers.get(name)!;
    return request(`http://${host}:${environment[port]}${path}`, { headers: { Host: 'localhost', ...headers } });
  };

  const ready = (name: string) =>
    ask(name, '/health/ready').then(
      ({ status }) => status === 200,
      () => false,
    );

  it('find one another through Consul', async () => {
    for (const name of [...serviceNames, 'web', 'mobile'])
      await until(`${name} is registered`, async () => (await consul.passing(name)) === 1);
  });

  it.each(['web', 'mobile'])('%s serves whole pages, with the packages of production alone', async name => {
    const { status, headers } = await ask(name, '/pages/films/1');
    expect([status, headers['page-complete']]).toEqual([200, '?1']);
    for (const [tool, isThere] of Object.entries({ fastify: true, jest: false, '@nestjs/cli': false }))
      expect(existsSync(join(repository, containers.get(name)!.image, 'node_modules', tool))).toBe(isThere);
  });

  it('know the issuer by one name: BFFs, services and browsers', async () => {
    const { environment } = containers.get('web')!;
    const login = await ask('web', '/bff/login');
    expect(login.status).toBe(302);
    expect(login.headers.location).toMatch(new RegExp(`^${environment['AUTH_ISSUER']}/auth\\?`));
    const asked = await request(`${environment['AUTH_ISSUER']}/developer/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      form: 'customer=c3',
    });
    const { access_token: token } = asked.json() as { access_token: string };
    // Profiles and orders fetch the issuer's keys themselves, under the name that it has in their network.
    const account = await ask('mobile', '/pages/account', { Authorization: `Bearer ${token}` });
    expect([account.status, account.headers['page-complete']]).toEqual([200, '?1']);
  });

  it.each(Object.keys(services).filter(name => services[name]!.build))('%s says that it is well', name => {
    const { image, environment } = containers.get(name)!;
    const [, , ...words] = services[name]!.healthcheck?.test ?? ['CMD', 'node', 'healthcheck.mjs'];
    const check = (env: Readonly<Record<string, string>>) =>
      spawnSync(process.execPath, words, { cwd: join(repository, image), env: { ...process.env, ...env } }).status;
    expect(check(environment)).toBe(0);
    expect(check({ ...environment, PORT: '1' })).toBe(1);
  });

  it('show their metrics where Prometheus looks', async () => {
    expect((await ask('web', '/metrics', {}, 'MANAGEMENT_PORT')).body).toContain('guichet_page_requests_total{');
    expect((await ask('mobile', '/metrics', {}, 'MANAGEMENT_PORT')).body).toContain('guichet_page_requests_total{');
  });

  it('write nothing but the snapshot, and end in order when they are told to', async () => {
    await until('there is a snapshot', () => existsSync(join(state, 'discovery.json')));
    for (const name of ['web', 'mobile']) expect((await containers.get(name)!.program.end()).code).toBe(0);
    expect(imagesOf(containers)).toEqual(filesBefore);
  });
});

/** Every file of the images with the time it was written; packages are links. */
function imagesOf(containers: ReadonlyMap<string, Container>): readonly string[] {
  const folders = new Set([...containers.values()].map(({ image }) => join(repository, image)));
  return [...folders].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
      file => `${folder}/${file} ${lstatSync(join(folder, file)).mtimeMs}`,
    ),
  );
}
