import { z } from 'zod';
import { formatHostPort, isHost, isPort, parseHostPort } from './address.js';
import type { Instance } from './instance.js';

const shortText = z.string().max(512);

const instanceEntry = z.strictObject({
  host: z.string().refine(isHost, 'is not a host name or an IP address'),
  port: z.number().refine(isPort, 'is not a port (1 to 65535)'),
  weight: z.number().int().min(1).max(100).default(1),
  tags: z.array(shortText).max(64).default([]),
  meta: z.record(shortText, shortText).default({}),
});

const addressEntry = z.string().transform((text, context) => {
  const address = parseHostPort(text);
  if (address) return { ...address, weight: 1, tags: [], meta: {} };
  context.addIssue({ code: 'custom', message: `is not "host:port": ${JSON.stringify(text.slice(0, 80))}` });
  return z.NEVER;
});

const upstreams = z.record(z.string().min(1), z.array(z.union([addressEntry, instanceEntry])));

/** The content of `UPSTREAMS_FILE`: per service its instances, as `"host:port"` or as an object. */
export type Upstreams = z.input<typeof upstreams>;

/** What is wrong with the content of `UPSTREAMS_FILE`. */
export class UpstreamsError extends Error {
  override readonly name = 'UpstreamsError';
}

/**
 * Reads services and their instances. An address that stands twice under a service counts once.
 * @throws UpstreamsError  naming every fault with its path
 */
export function readUpstreams(content: unknown): ReadonlyMap<string, readonly Instance[]> {
  const read = upstreams.safeParse(content);
  if (!read.success) throw new UpstreamsError(read.error.issues.map(describe).join('; '));
  return new Map(Object.entries(read.data).map(([service, entries]) => [service, toInstances(service, entries)]));
}

/** @throws UpstreamsError  when the text is no JSON, or not of the form */
export function parseUpstreams(text: string): ReadonlyMap<string, readonly Instance[]> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UpstreamsError(`is not JSON: ${(error as Error).message}`);
  }
  return readUpstreams(content);
}

function toInstances(service: string, entries: z.output<typeof upstreams>[string]): readonly Instance[] {
  const byId = new Map<string, Instance>();
  for (const { tags, meta, ...rest } of entries) {
    const id = formatHostPort(rest.host, rest.port);
    if (byId.has(id)) continue;
    byId.set(id, Object.freeze({ id, service, ...rest, tags: Object.freeze(tags), meta: Object.freeze(meta) }));
  }
  return [...byId.values()];
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    // Of the two forms an entry may have, what the one says that it came closer to.
    const closest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]?.[0];
    if (closest) return describe({ ...closest, path: [...issue.path, ...closest.path] });
  }
  const unknown = issue.code === 'unrecognized_keys' ? ` ${issue.keys.join(', ')}` : '';
  return `${issue.path.join('.') || 'the whole'}: ${unknown ? `unknown key${unknown}` : issue.message}`;
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  const issue = issues[0];
  return issue === undefined ? 0 : issue.path.length + (issue.code === 'invalid_type' ? 0 : 1);
}
