import { redactedCopy } from './redacted-copy.js';
import { REDACTED, SecretNames } from './secret-names.js';
import { SECRET_PATTERNS, SUSPICIOUS } from './secret-patterns.js';
import { secretValues } from './secret-values.js';

/** Keeps secrets out of what is written down: by the names of fields, by how they look in texts, and those configured by their values. */
export class Redactor {
  private readonly suspicious: RegExp;
  private readonly values: RegExp | undefined;
  private readonly names: SecretNames;

  /**
   * @param environment  whose secrets are known by value
   * @param names        further names of fields that hold secrets
   */
  constructor(environment: NodeJS.ProcessEnv = {}, names: readonly string[] = []) {
    this.names = new SecretNames(names);
    const values = secretValues(environment).map(value => escaped(JSON.stringify(value).slice(1, -1)));
    // What begins in the middle of an escape, the n of \n, is not it.
    this.values =
      values.length > 0 ? new RegExp(`(?<!(?<!\\\\)(?:\\\\\\\\)*\\\\)(?:${values.join('|')})`, 'g') : undefined;
    this.suspicious = new RegExp([SUSPICIOUS, ...values].join('|'), 'i');
  }

  /**
   * Of one serialised line, or any JSON.
   * @returns JSON still
   */
  line(line: string): string {
    if (!this.suspicious.test(line)) return line;
    let clean = this.values === undefined ? line : line.replace(this.values, REDACTED);
    for (const { pattern, by } of SECRET_PATTERNS) clean = clean.replace(pattern, by);
    return clean;
  }

  /** Of a text of any kind. */
  text(text: string): string {
    return JSON.parse(this.line(JSON.stringify(text))) as string;
  }

  /** @returns a bounded copy of anything, for JSON, without the values of fields that are secrets by their names */
  copy(value: unknown): unknown {
    return redactedCopy(value, this.names);
  }

  /** @returns whether a field's value is not to be written */
  isSecret(name: string): boolean {
    return this.names.has(name);
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
