import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { BootProblems } from 'guichet/kernel';
import { ConsulSource } from './consul.source.js';
import { DiscoveryModule } from './discovery.module.js';
import type { DiscoveryOptionsInput } from './discovery.options.js';
import { InstanceSource } from './instance-source.js';
import { ports, snapshotThat } from './instance-source.contract.js';
import { SelfRegistration } from './self-registration.js';

const variables = [
  'DISCOVERY',
  'UPSTREAMS_FILE',
  'ADVERTISE_HOST',
  'CONSUL_HTTP_ADDR',
  'CONSUL_HTTP_TOKEN',
  'CONSUL_HTTP_SSL',
  'CONSUL_CACERT',
  'CONSUL_DATACENTER',
];

describe('DiscoveryModule', () => {
  const before = { ...process.env };
  let folder: string;
  let file: string;

  beforeEach(() => {
    for (const variable of variables) delete process.env[variable];
    folder = mkdtempSync(join(tmpdir(), 'guichet-'));
    file = join(folder, 'upstreams.json');
    writeFileSync(file, '{"catalog":["localhost:4001"]}');
  });

  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });

  const compile = (options?: DiscoveryOptionsInput) =>
    Test.createTestingModule({ imports: [DiscoveryModule.forRoot(options)] }).compile();

  async function problemsOf(options?: DiscoveryOptionsInput) {
    const problems = new BootProblems();
    @Module({ providers: [{ provide: BootProblems, useValue: problems }], exports: [BootProblems] })
    class ProblemsModule {}
    const module = await Test.createTestingModule({
      imports: [{ module: ProblemsModule, global: true }, DiscoveryModule.forRoot(options)],
    }).compile();
    await module.close();
    return problems.all;
  }

  it('takes instances from Consul by default, without waiting for it', async () => {
    process.env['CONSUL_HTTP_ADDR'] = '127.0.0.1:1';
    const module = await compile();
    expect(module.get(InstanceSource)).toBeInstanceOf(ConsulSource);
    await module.close();
  });

  it('takes them from a file when the environment says so, and needs nobody to register with', async () => {
    process.env['DISCOVERY'] = 'static';
    process.env['UPSTREAMS_FILE'] = file;
    const module = await compile({ source: 'consul' });
    expect(ports(await snapshotThat(module.get(InstanceSource), 'catalog', () => true))).toEqual([4001]);
    const registration = module.get(SelfRegistration);
    await registration.start({ name: 'web', host: '127.0.0.1', port: 1 });
    await registration.stop();
    await module.close();
  });

  it('closes its source with the app', async () => {
    const module = await compile({ source: 'static', upstreamsFile: file });
    let isCompleted = false;
    module
      .get(InstanceSource)
      .watch('catalog')
      .subscribe({ complete: () => (isCompleted = true) });
    await module.close();
    expect(isCompleted).toBe(true);
  });

  it('lists all that is wrong, by the variable it came from, without the token', async () => {
    process.env['DISCOVERY'] = 'zookeeper';
    process.env['CONSUL_HTTP_ADDR'] = 'unix:///run/consul.sock';
    process.env['CONSUL_HTTP_TOKEN'] = 'the-secret';
    process.env['CONSUL_DATACENTER'] = 'the north';
    const problems = await problemsOf({ watch: { waitMs: 5 } });
    expect(problems.map(({ path }) => path).sort()).toEqual([
      'CONSUL_DATACENTER',
      'CONSUL_HTTP_ADDR',
      'DISCOVERY',
      'watch.waitMs',
    ]);
    expect(JSON.stringify(problems)).not.toContain('the-secret');
  });

  it.each([
    ['is missing', undefined, /needs a file/],
    ['is not there', 'nowhere.json', /cannot be read/],
    ['is broken', 'broken.json', /catalog\.0/],
  ])('lists a file that %s', async (_, name, message) => {
    writeFileSync(join(folder, 'broken.json'), '{"catalog":["nonsense"]}');
    const problems = await problemsOf({ source: 'static', ...(name && { upstreamsFile: join(folder, name) }) });
    expect(problems).toEqual([
      expect.objectContaining({ path: 'UPSTREAMS_FILE', message: expect.stringMatching(message) as string }),
    ]);
  });

  it('lists a certificate that is not there', async () => {
    process.env['CONSUL_HTTP_ADDR'] = 'https://127.0.0.1:1';
    process.env['CONSUL_CACERT'] = join(folder, 'nowhere.pem');
    expect(await problemsOf()).toEqual([expect.objectContaining({ path: 'CONSUL_CACERT' })]);
  });

  it('does not start with options that are wrong when nobody gathers problems', async () => {
    await expect(compile({ source: 'static' })).rejects.toThrow(/needs a file/);
  });
});
