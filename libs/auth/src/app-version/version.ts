const VERSION = /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?:[-+].{0,64})?$/;

/**
 * Reads an app's version: `2`, `2.10` or `2.10.1`; what follows a `-` or `+` does not count.
 * @returns a number that orders versions, or undefined where it is none
 */
export function versionRank(text: string): number | undefined {
  const found = VERSION.exec(text);
  if (!found) return undefined;
  const [major = 0, minor = 0, patch = 0] = found.slice(1).map(part => Number(part ?? 0));
  return (major * 1e6 + minor) * 1e6 + patch;
}
