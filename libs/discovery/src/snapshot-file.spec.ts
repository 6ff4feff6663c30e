import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from 'guichet/testing';
import { AddressPolicy } from './address-policy.js';
import type { Instance } from './instance.js';
import { SnapshotFile } from './snapshot-file.js';

const DAY_MS = 86_400_000;

describe('the snapshot file', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let warnings: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guichet-snapshot-'));
    path = join(folder, 'known.json');
    clock = new ManualClock();
    warnings = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (): SnapshotFile =>
    new SnapshotFile({
      path,
      maxAgeMs: DAY_MS,
      policy: new AddressPolicy({ allowedCidrs: [], allowsLoopback: false }),
      clock,
      log: { info: () => {}, warn: message => void warnings.push(message) },
    });
  const instance = (host: string): Instance => ({
    id: `catalog-${host}`,
    service: 'catalog',
    host,
    port: 80,
    weight: 2,
    tags: ['v1'],
    meta: { zone: 'a' },
  });
  const snapshot = (state: 'fresh' | 'last-known-good', ...instances: Instance[]) => ({
    service: 'catalog',
    instances,
    state,
    confirmedAt: 0,
  });
  const written = (services: unknown, writtenAt = clock.epochMs()): void =>
    writeFileSync(path, JSON.stringify({ version: 1, writtenAt, services }));

  it('tells the next process what this one knew', async () => {
    const first = open();
    first.note(snapshot('fresh', instance('10.0.0.1'), instance('10.0.0.2')));
    await first.close();
    expect(open().instancesOf('catalog')).toEqual([instance('10.0.0.1'), instance('10.0.0.2')]);
    expect(open().instancesOf('pricing')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('is its owner’s alone, and leaves nothing else behind', async () => {
    const file = open();
    file.note(snapshot('fresh', instance('10.0.0.1')));
    await file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['known.json']);
  });

  it('writes once a second however often there is news', async () => {
    const file = open();
    for (let i = 1; i <= 20; i++) file.note(snapshot('fresh', instance(`10.0.0.${i}`)));
    expect(readdirSync(folder)).toEqual([]);
    clock.advance(1_000);
    await file.close();
    expect(readFileSync(path, 'utf8')).toContain('10.0.0.20');
  });

  it('notes what Consul says, not what is remembered, and not that there is nobody', async () => {
    const file = open();
    file.note(snapshot('fresh', instance('10.0.0.1')));
    file.note(snapshot('fresh'));
    file.note(snapshot('last-known-good', instance('10.0.0.9')));
    await file.close();
    expect(open().instancesOf('catalog')).toEqual([instance('10.0.0.1')]);
  });

  it('does not write through a link that somebody put beside it', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${path}.${process.pid}.tmp`);
    const file = open();
    file.note(snapshot('fresh', instance('10.0.0.1')));
    await file.close();
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(open().instancesOf('catalog')).toHaveLength(1);
  });

  it('is not used when it is old, and when it is of tomorrow', () => {
    written({ catalog: [{ ...instance('10.0.0.1'), service: undefined }] }, clock.epochMs() - DAY_MS - 1);
    expect(open().instancesOf('catalog')).toBeUndefined();
    written({ catalog: [{ ...instance('10.0.0.1'), service: undefined }] }, clock.epochMs() + 1_000);
    expect(open().instancesOf('catalog')).toBeUndefined();
    expect(warnings).toHaveLength(2);
  });

  it.each([
    ['cut off', '{"version":1,'],
    ['empty', ''],
    ['of another version', '{"version":2,"writtenAt":0,"services":{}}'],
    [
      'with a host that breaks out',
      '{"version":1,"writtenAt":0,"services":{"a":[{"id":"x","host":"a\\r\\nb","port":1,"weight":1,"tags":[],"meta":{}}]}}',
    ],
    [
      'with a port that is none',
      '{"version":1,"writtenAt":0,"services":{"a":[{"id":"x","host":"a","port":0,"weight":1,"tags":[],"meta":{}}]}}',
    ],
    ['with more than is known', '{"version":1,"writtenAt":0,"services":{},"more":1}'],
  ])('is told in the log and not used when it is %s', (_, text) => {
    writeFileSync(path, text);
    expect(open().instancesOf('a')).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).not.toMatch(/\p{Cc}/u);
  });

  it('believes no address that Consul would not be believed', () => {
    const of = (host: string) => ({ ...instance(host), service: undefined });
    written({ catalog: [of('169.254.169.254'), of('127.0.0.1'), of('10.0.0.1')], pricing: [of('169.254.169.254')] });
    expect(open().instancesOf('catalog')).toEqual([instance('10.0.0.1')]);
    expect(open().instancesOf('pricing')).toBeUndefined();
  });

  it('does not end the process when it cannot be written', async () => {
    const file = new SnapshotFile({
      path: join(folder, 'not', 'there.json'),
      maxAgeMs: DAY_MS,
      policy: new AddressPolicy({ allowedCidrs: [], allowsLoopback: false }),
      clock,
      log: { info: () => {}, warn: message => void warnings.push(message) },
    });
    for (let i = 0; i < 3; i++) {
      file.note(snapshot('fresh', instance('10.0.0.1')));
      clock.advance(1_000);
    }
    await file.close();
    expect(warnings).toHaveLength(1);
  });
});
