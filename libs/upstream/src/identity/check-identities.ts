import type { BootProblems } from 'guichet/kernel';
import type { IdentityKind } from './identity-kind.js';
import type { UpstreamIdentity } from './upstream-identity.js';

/**
 * Notes what an app lacks for the identities its upstreams declare. What single calls declare is seen when they are made.
 * @param upstreams  by name
 */
export function checkIdentities(
  upstreams: ReadonlyMap<string, { readonly identity: IdentityKind }>,
  port: UpstreamIdentity | undefined,
  problems: BootProblems,
): void {
  for (const [name, { identity }] of upstreams) {
    if (identity === 'none' || identity === 'user') continue;
    if (port) port.require(name, identity, problems);
    else {
      problems.add({
        where: `upstream ${name}`,
        path: 'identity',
        message: `'${identity}' needs tokens, and the app provides no UpstreamIdentity`,
        mend: 'import OutgoingIdentityModule.forRoot() of guichet/auth',
      });
    }
  }
}
