import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from './instance.js';
import { describeInstanceSource, type Entry, ports, snapshotThat } from './instance-source.contract.js';
import { StaticSource } from './static.source.js';
import { UpstreamsError } from './upstreams-file.js';

describeInstanceSource('StaticSource', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-'));
  const file = join(folder, 'upstreams.json');
  const services: Record<string, readonly Entry[]> = {};
  const write = () => writeFileSync(file, JSON.stringify(services));
  write();
  const source = new StaticSource({ file });
  return {
    source,
    put: async (service, entries) => {
      services[service] = entries;
      write();
    },
    breakDown: async () => unlinkSync(file),
    mend: async () => write(),
    end: async () => {
      await source.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('StaticSource', () => {
  let folder: string;
  let file: string;
  let source: StaticSource | undefined;
  let warnings: string[];
  const has = (port: number) => (snapshot: Snapshot) => ports(snapshot).includes(port);
  const log = { info: () => {}, warn: (message: string) => void warnings.push(message) };

  beforeEach(() => {
    warnings = [];
    folder = mkdtempSync(join(tmpdir(), 'guichet-'));
    file = join(folder, 'upstreams.json');
  });

  afterEach(async () => {
    await source?.close();
    source = undefined;
    rmSync(folder, { recursive: true });
  });

  it('notices a file that an editor replaced', async () => {
    writeFileSync(file, '{"catalog":["localhost:4001"]}');
    source = new StaticSource({ file });
    await snapshotThat(source, 'catalog', has(4001));
    for (const port of [4002, 4003]) {
      writeFileSync(`${file}.new`, `{"catalog":["localhost:${port}"]}`);
      renameSync(`${file}.new`, file);
      expect(ports(await snapshotThat(source, 'catalog', has(port)))).toEqual([port]);
    }
  });

  it('notices a symbolic link that was turned, as Kubernetes mounts configuration', async () => {
    for (const [version, port] of [
      ['..v1', 4001],
      ['..v2', 4002],
    ] as const) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'upstreams.json'), `{"catalog":["localhost:${port}"]}`);
    }
    symlinkSync('..v1', join(folder, '..data'));
    symlinkSync('..data/upstreams.json', file);
    source = new StaticSource({ file });
    await snapshotThat(source, 'catalog', has(4001));
    symlinkSync('..v2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(ports(await snapshotThat(source, 'catalog', has(4002)))).toEqual([4002]);
  });

  it('changes no instance for an edit that cannot be read, and says why', async () => {
    writeFileSync(file, '{"catalog":["localhost:4001"]}');
    source = new StaticSource({ file, log });
    await snapshotThat(source, 'catalog', has(4001));
    writeFileSync(file, '{"catalog":[{"host":"localhost","port":4002,"wieght":2}]}');
    const snapshot = await snapshotThat(source, 'catalog', ({ state }) => state === 'last-known-good');
    expect(ports(snapshot)).toEqual([4001]);
    expect(warnings).toEqual([expect.stringContaining('catalog.0: unknown key wieght')]);
  });

  it('believes a file that lists nobody: an edit is a decision', async () => {
    writeFileSync(file, '{"catalog":["localhost:4001","localhost:4002"]}');
    source = new StaticSource({ file });
    await snapshotThat(source, 'catalog', has(4001));
    writeFileSync(file, '{}');
    const empty = await snapshotThat(source, 'catalog', ({ instances }) => instances.length === 0);
    expect(empty.state).toBe('fresh');
  });

  it.each([
    ['{', /not JSON/],
    ['[]', /the whole/],
    ['{"catalog":"localhost:1"}', /catalog: /],
    ['{"catalog":["localhost"]}', /catalog\.0: is not "host:port": "localhost"/],
    ['{"catalog":["localhost:0"]}', /catalog\.0/],
    ['{"catalog":["a\\r\\nb:80"]}', /catalog\.0/],
    ['{"catalog":[{"host":"::1","port":80,"weight":0}]}', /catalog\.0\.weight/],
  ])('does not start with %s', (text, reason) => {
    writeFileSync(file, text);
    expect(() => new StaticSource({ file })).toThrow(reason);
    expect(() => new StaticSource({ file })).toThrow(UpstreamsError);
  });

  it('does not start without its file', () => {
    expect(() => new StaticSource({ file })).toThrow(/cannot be read/);
  });

  it('holds instances in memory, which a test may replace', async () => {
    source = new StaticSource({ services: { catalog: ['[::1]:4001', { host: 'localhost', port: 4002, weight: 3 }] } });
    expect(source.snapshot('catalog')).toBeUndefined();
    expect(ports(await snapshotThat(source, 'catalog', () => true))).toEqual([4001, 4002]);
    const seen: number[][] = [];
    const subscription = source.watch('catalog').subscribe(snapshot => seen.push(ports(snapshot)));
    source.set('catalog', ['localhost:4003']);
    subscription.unsubscribe();
    expect(seen).toEqual([[4001, 4002], [4003]]);
    expect(() => source?.set('catalog', ['nonsense'])).toThrow(UpstreamsError);
  });

  it('counts an address once', async () => {
    source = new StaticSource({ services: { catalog: ['localhost:1', 'localhost:1'] } });
    expect(ports(await snapshotThat(source, 'catalog', () => true))).toEqual([1]);
  });
});
