import type { BootProblems } from 'guichet/kernel';
import { subjectTemplate } from './subject-template.js';

const SERVICE = Symbol('guichet:nats-service');

/** How a client makes itself known to the broker. */
export type NatsCredentials =
  | { readonly token: string }
  | { readonly user: string; readonly pass: string }
  /** An nkey's seed. */
  | { readonly seed: string }
  /** What a `.creds` file holds. */
  | { readonly creds: string };

/** What `@NatsService` may say of a client class. */
export interface NatsServiceOptions {
  /** What all subjects of its requests begin with: `shop.inventory`. */
  readonly prefix?: string;
  /** Asked each time it connects. */
  readonly credentials?: () => NatsCredentials;
  /** Where replies are taken, when the account may not listen at `_INBOX`. */
  readonly inboxPrefix?: string;
}

const NONE: NatsServiceOptions = {};

/** Says how a `NatsUpstream` reaches its service, where the defaults do not do. */
export function NatsService(options: NatsServiceOptions): (target: object) => void {
  return target => Reflect.defineMetadata(SERVICE, options, target);
}

/** @returns what `@NatsService` says of a class or of the class it extends */
export function natsServiceOf(target: object): NatsServiceOptions {
  return (Reflect.getMetadata(SERVICE, target) as NatsServiceOptions | undefined) ?? NONE;
}

/** Notes prefixes that no subject may begin with. */
export function checkNatsService(
  client: string,
  { prefix, inboxPrefix }: NatsServiceOptions,
  problems: BootProblems,
): void {
  for (const [path, value] of Object.entries({ prefix, inboxPrefix })) {
    if (value === undefined || isPlainSubject(value)) continue;
    problems.add({
      where: client,
      path: `@NatsService ${path}`,
      message: 'is no subject',
      value: JSON.stringify(value),
      mend: 'write words between dots, without spaces, wildcards or parameters: shop.inventory',
    });
  }
}

function isPlainSubject(value: string): boolean {
  try {
    return subjectTemplate(value).tokens.every(({ name }) => name === undefined);
  } catch {
    return false;
  }
}
