import { SECRET_WORDS } from './secret-names.js';

/** Shorter ones would be found in the middle of words that mean something else. */
const MIN_LENGTH = 8;
/** A part of a key that is worth hiding by itself. */
const MIN_PART_LENGTH = 16;
const MAX_VALUES = 100;

const SECRET_VARIABLE = new RegExp(SECRET_WORDS, 'i');
const HARMLESS_VARIABLE = /(?:FILE|PATH|URL|URI|ADDR|MS|SECONDS|NAME|_ID)$|^(?:OLD)?PWD$/i;
const URL_PASSWORD = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*?:([^/]*)@/i;

/**
 * Finds the secrets that a process was configured with: the values of variables whose names say so, the passwords of URLs,
 * and of keys that fill several lines each line, because error messages quote parts.
 * @returns each as it may stand in a text; the longest first, so that none is cut by another
 */
export function secretValues(environment: NodeJS.ProcessEnv): readonly string[] {
  const found = new Set<string>();
  const add = (value: string, minLength: number): void => {
    if (value.length < minLength) return;
    found.add(value);
    found.add(encodeURIComponent(value));
  };
  for (const [name, value] of Object.entries(environment)) {
    if (!value) continue;
    const password = URL_PASSWORD.exec(value)?.[1];
    if (password !== undefined) {
      add(password, MIN_LENGTH);
      add(decoded(password), MIN_LENGTH);
    } else if (SECRET_VARIABLE.test(name) && !HARMLESS_VARIABLE.test(name)) {
      add(value, MIN_LENGTH);
      for (const part of partsOf(value)) add(part, MIN_PART_LENGTH);
    }
  }
  return [...found].sort((a, b) => b.length - a.length).slice(0, MAX_VALUES);
}

/** The lines of a PEM, the strings of a JWK. */
function partsOf(value: string): readonly string[] {
  if (/^\s*[{[]/.test(value)) return value.match(/[\w-]{16,}/g) ?? [];
  const lines = value.split(/\\n|\n/);
  return lines.length > 1 ? lines.map(line => line.trim()).filter(line => !line.startsWith('-----')) : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
