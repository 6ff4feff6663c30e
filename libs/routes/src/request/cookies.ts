/**
 * Picks declared cookies out of a request's.
 * @returns a `Cookie` header, or undefined where none of them is there
 */
export function pickCookies(cookie: string | undefined, names: readonly string[]): string | undefined {
  if (cookie === undefined || names.length === 0) return undefined;
  const picked = cookie
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => names.includes(nameOf(pair)));
  return picked.length === 0 ? undefined : picked.join('; ');
}

/** @returns whether an upstream's `Set-Cookie` sets a declared cookie */
export function setsDeclared(setCookie: string, names: readonly string[]): boolean {
  return names.includes(nameOf(setCookie));
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]!.trim();
}
