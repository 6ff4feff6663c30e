import type { VNode } from 'preact';
import { loginUrl, useViewer } from '../viewer';
import { Icon } from './icon';

/** Who is at the counter, or the way to say so. */
export function Counter(): VNode {
  const viewer = useViewer();
  return (
    <nav class="counter" aria-label="Your account">
      {viewer === null && (
        <a class="button button-small" href={loginUrl()} data-outside>
          Log in
        </a>
      )}
      {viewer && (
        <>
          <a class="counter-name" href="/account">
            <Icon name="person" />
            <span>{viewer.name}</span>
            {viewer.tier === 'gold' && <span class="tier tier-gold">gold</span>}
          </a>
          <a class="button button-small" href={viewer.logoutUrl} data-outside>
            Log out
          </a>
        </>
      )}
    </nav>
  );
}
