import { useEffect, useState } from 'preact/hooks';

/** Who is at the counter. */
export interface Viewer {
  readonly name: string;
  readonly tier: string | undefined;
  /** Where the browser goes to log out. */
  readonly logoutUrl: string;
}

/** `undefined`: not known yet; `null`: nobody. */
export type Presence = Viewer | null | undefined;

let known: Presence;
let asking: Promise<void> | undefined;
const listeners = new Set<(viewer: Presence) => void>();

/** Who is at the counter; asked once a document. */
export function useViewer(): Presence {
  const [viewer, setViewer] = useState<Presence>(known);
  useEffect(() => {
    listeners.add(setViewer);
    setViewer(known);
    asking ??= ask();
    return () => void listeners.delete(setViewer);
  }, []);
  return viewer;
}

/** Has everybody know that the session is over: a call was answered so. */
export function forgetViewer(): void {
  if (known) announce(null);
}

/** Where the browser goes to log in, and comes back to the address where it is. */
export function loginUrl(): string {
  const { pathname, search } = window.location;
  return `/bff/login?returnUrl=${encodeURIComponent(pathname + search)}`;
}

async function ask(): Promise<void> {
  announce(await lookUp());
}

async function lookUp(): Promise<Viewer | null> {
  try {
    const response = await fetch('/bff/user', { headers: { 'x-csrf': '1', accept: 'application/json' } });
    if (!response.ok) return null;
    const { claims, logoutUrl } = (await response.json()) as { claims: Record<string, unknown>; logoutUrl: string };
    const { name, tier, sub } = claims;
    return {
      name: typeof name === 'string' ? name : String(sub),
      tier: typeof tier === 'string' ? tier : undefined,
      logoutUrl,
    };
  } catch {
    return null;
  }
}

function announce(viewer: Viewer | null): void {
  known = viewer;
  for (const listener of listeners) listener(viewer);
}
