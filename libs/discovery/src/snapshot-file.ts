import { readFileSync } from 'node:fs';
import type { Clock, TimerHandle } from 'guichet/kernel';
import { z } from 'zod';
import { isHost, isPort } from './address.js';
import type { AddressPolicy } from './address-policy.js';
import type { Instance, Snapshot } from './instance.js';
import type { DiscoveryLog } from './log.js';
import { replaceFile } from './replace-file.js';

/** Milliseconds between two writes: what changes within them is written once. */
const WRITE_EVERY_MS = 1_000;
const MAX_BYTES = 16 * 1024 * 1024;

const instanceSchema = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(300)
    .refine(id => !/\p{Cc}/u.test(id), 'has control characters'),
  host: z.custom<string>(isHost, 'is no host'),
  port: z.custom<number>(isPort, 'is no port'),
  weight: z.number().int().min(1).max(100),
  tags: z.array(z.string()),
  meta: z.record(z.string(), z.string()),
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** Milliseconds since 1970. */
  writtenAt: z.number().int().min(0),
  services: z.record(z.string(), z.array(instanceSchema)),
});

/** Where last-known-good instances outlive the process, and how. */
export interface SnapshotFileParts {
  readonly path: string;
  /** Milliseconds after which what is written is believed no more. */
  readonly maxAgeMs: number;
  /** Which addresses are believed. */
  readonly policy: AddressPolicy;
  readonly clock: Clock;
  readonly log: DiscoveryLog;
}

/**
 * The last-known-good of every followed service on disk, so that a process can begin while Consul is away. Written whole, to
 * a file beside it that then takes its place; what is found at boot is checked like anything that Consul says.
 * A file that cannot be read or written is told in the log, and never an error.
 */
export class SnapshotFile {
  private readonly services = new Map<string, readonly Instance[]>();
  private timer: TimerHandle | undefined;
  private writing: Promise<void> = Promise.resolve();
  private isTroubled = false;

  constructor(private readonly parts: SnapshotFileParts) {
    this.read();
  }

  /** @returns what was known of a service, or undefined where nothing was */
  instancesOf(service: string): readonly Instance[] | undefined {
    return this.services.get(service);
  }

  /** Takes note of what Consul says now; what is merely remembered is not noted, nor that there is nobody. */
  note({ service, instances, state }: Snapshot): void {
    if (state !== 'fresh' || instances.length === 0) return;
    this.services.set(service, instances);
    this.timer ??= this.parts.clock.setTimer(() => this.write(), WRITE_EVERY_MS);
  }

  /** Writes what has not been written yet. */
  async close(): Promise<void> {
    if (this.timer) this.write();
    await this.writing;
  }

  private write(): void {
    this.timer?.clear();
    this.timer = undefined;
    const services = Object.fromEntries(
      [...this.services].map(([name, instances]) => [name, instances.map(({ service: _, ...rest }) => rest)]),
    );
    const text = JSON.stringify({ version: 1, writtenAt: this.parts.clock.epochMs(), services });
    this.writing = this.writing.then(() => this.replace(text));
  }

  private async replace(text: string): Promise<void> {
    const { path, log } = this.parts;
    try {
      await replaceFile(path, text);
      this.isTroubled = false;
    } catch (error) {
      if (!this.isTroubled) log.warn(`the snapshot cannot be written: ${(error as Error).message}`);
      this.isTroubled = true;
    }
  }

  private read(): void {
    const { path, maxAgeMs, policy, clock, log } = this.parts;
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.warn(`the snapshot cannot be read: ${(error as Error).message}`);
      return;
    }
    const found = fileSchema.safeParse(text.length > MAX_BYTES ? undefined : parse(text));
    if (!found.success) {
      const { path: where, message } = found.error.issues[0]!;
      log.warn(
        `${path} is no snapshot and is not used: ${where.map(String).join('.')}: ${message}`.replace(/\p{Cc}/gu, '?'),
      );
      return;
    }
    const ageMs = clock.epochMs() - found.data.writtenAt;
    if (ageMs > maxAgeMs || ageMs < 0) {
      log.warn(`${path} was written ${Math.round(ageMs / 1_000)} s ago and is not used`);
      return;
    }
    for (const [service, instances] of Object.entries(found.data.services)) {
      const believed = instances.filter(({ host }) => policy.refusal(host) === undefined);
      if (believed.length > 0)
        this.services.set(
          service,
          believed.map(instance => frozen(service, instance)),
        );
    }
  }
}

function frozen(service: string, { tags, meta, ...rest }: z.output<typeof instanceSchema>): Instance {
  return Object.freeze({ ...rest, service, tags: Object.freeze(tags), meta: Object.freeze(meta) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
