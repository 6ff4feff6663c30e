import type { BootProblems } from 'guichet/kernel';

/** This machine's own names, for development. */
const OWN = ['localhost', '127.0.0.1', '[::1]'];

/** Says whether a request's `Host` is one of the app's. */
export type HostCheck = (host: string | undefined) => boolean;

/**
 * Works out under which names the app is reached. A request under another one is not for it: an address bar, a cache or a DNS entry was led
 * astray.
 * @param hosts        as the options say; `*` takes any
 * @param environment  `PUBLIC_ORIGIN` and `NODE_ENV` where the options say nothing
 */
export function allowedHosts(
  hosts: readonly string[] | undefined,
  environment: NodeJS.ProcessEnv,
  problems: BootProblems,
): HostCheck {
  const names = hosts ?? defaultHosts(environment);
  if (names.length === 0) {
    problems.add({
      where: 'bff',
      path: 'ALLOWED_HOSTS',
      message: 'is missing: in production the names under which clients reach the app must be known',
      mend: 'set it to them (shop.example), or to * behind a proxy that checks them',
    });
  }
  if (names.includes('*')) return host => host !== undefined;
  const known = new Set(names);
  return host => {
    if (host === undefined) return false;
    const name = host.toLowerCase();
    return known.has(name) || known.has(withoutPort(name));
  };
}

/** @returns a name that {@link allowedHosts} lets in, for who asks the app from within */
export function oneHost(hosts: readonly string[] | undefined, environment: NodeJS.ProcessEnv): string {
  return (hosts ?? defaultHosts(environment)).find(name => name !== '*') ?? 'localhost';
}

function defaultHosts({ PUBLIC_ORIGIN: origin, NODE_ENV: mode }: NodeJS.ProcessEnv): string[] {
  const own = mode === 'production' ? [] : OWN;
  // One that cannot be read is the session's to tell.
  return origin && URL.canParse(origin) ? [...own, new URL(origin).host] : [...own];
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '');
}
