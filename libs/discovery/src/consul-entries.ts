import { formatHostPort, isHost, isPort } from './address.js';
import type { AddressPolicy } from './address-policy.js';
import type { Instance } from './instance.js';

/** What one answer of Consul's health endpoint says of a service. */
export interface HealthAnswer {
  /** The instances whose checks all pass; each id and each address once. */
  readonly passing: readonly Instance[];
  /** The ids of instances that are there and do not pass. */
  readonly failing: ReadonlySet<string>;
  /** Why entries were left out, in words that are safe to log. */
  readonly refused: readonly string[];
}

const MAX_WEIGHT = 100;
const MAX_ID_LENGTH = 255;
/** As many pairs of metadata as Consul takes, and as long ones; it bounds tags by nothing. */
const MAX_TEXTS = 64;
const MAX_TEXT_LENGTH = 512;

/**
 * Reads the body of `/v1/health/service/:service`. Consul's data is written by whoever may register, so nothing in it is
 * taken on trust: an entry without a clean id and address is left out, weights are clamped to 1..100, anything that is
 * not a short text is dropped from tags and meta, and whatever is beyond 64 of them, and an address counts once, however often it is registered.
 * @param body    what was parsed from JSON
 * @param policy  which addresses are believed
 * @throws TypeError  when it is not a list at all
 */
export function readHealthAnswer(service: string, body: unknown, policy: AddressPolicy): HealthAnswer {
  if (!Array.isArray(body)) throw new TypeError('the answer is not a list of instances');
  const passing: Instance[] = [];
  const failing = new Set<string>();
  const refused: string[] = [];
  for (const entry of body as readonly unknown[]) {
    const { Node: node, Service: own, Checks: checks } = record(entry);
    const { ID: id, Address: ownAddress, Port: port, Weights: weights, Tags: tags, Meta: meta } = record(own);
    const host = ownAddress === '' || ownAddress === undefined ? record(node)['Address'] : ownAddress;
    if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH || hasControls(id)) {
      refused.push(`an instance with the id ${show(id)}`);
    } else if (!isPassing(checks)) {
      failing.add(id);
    } else if (!isHost(host) || !isPort(port)) {
      refused.push(`instance ${show(id)} at ${show(host)}, port ${show(port)}`);
    } else if (policy.refusal(host) !== undefined) {
      refused.push(`instance ${show(id)} at ${show(host)}: ${policy.refusal(host)}`);
    } else {
      const weight = clampWeight(record(weights)['Passing']);
      passing.push(Object.freeze({ id, service, host, port, weight, tags: texts(tags), meta: textValues(meta) }));
    }
  }
  return { passing: withOwnIds(withOwnAddresses(passing)), failing, refused };
}

/** A mistaken second registration of a process must not give it a second share of traffic. */
function withOwnAddresses(instances: Instance[]): Instance[] {
  const seen = new Set<string>();
  return instances
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .filter(({ host, port }) => {
      const address = formatHostPort(host, port);
      return !seen.has(address) && seen.add(address);
    });
}

/** Consul's service ids are unique per node only. */
function withOwnIds(instances: Instance[]): Instance[] {
  const counts = new Map<string, number>();
  for (const { id } of instances) counts.set(id, (counts.get(id) ?? 0) + 1);
  return instances.map(instance =>
    counts.get(instance.id) === 1
      ? instance
      : Object.freeze({ ...instance, id: `${instance.id}@${formatHostPort(instance.host, instance.port)}` }),
  );
}

function isPassing(checks: unknown): boolean {
  return Array.isArray(checks) && checks.every(check => record(check)['Status'] === 'passing');
}

function clampWeight(weight: unknown): number {
  return typeof weight === 'number' && weight >= 1 ? Math.min(MAX_WEIGHT, Math.floor(weight)) : 1;
}

function texts(value: unknown): readonly string[] {
  return Object.freeze(Array.isArray(value) ? value.filter(isText).slice(0, MAX_TEXTS) : []);
}

function textValues(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(record(value)).filter(
    (entry): entry is [string, string] => isText(entry[0]) && isText(entry[1]),
  );
  return Object.freeze(Object.fromEntries(entries.slice(0, MAX_TEXTS)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT_LENGTH && !hasControls(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Quoted and escaped, so that nobody writes a line of our log. */
function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 80);
}
