/** See debian.mjs. */
export function obtainDebianCommand(what: {
  readonly command: string;
  readonly package?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly say?: (line: string) => void;
}): Promise<string>;

export function onPath(command: string, path?: string): string | undefined;
