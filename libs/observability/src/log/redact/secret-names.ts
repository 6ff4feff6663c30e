/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Words that make a name a secret's, wherever they stand in it: `password`, `X-Api-Key`, `clientSecret`, `id_token`, `Set-Cookie`.
 * The source of a regular expression, without groups that capture, to be read without regard to case.
 */
export const SECRET_WORDS =
  'passw(?:or)?d|passphrase|passcode|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|signing[-_]?key|' +
  'authori[sz]ation|cookie|credential|session[-_]?(?:id|key)|jwt|hmac';

/** Names that hold such a word and no secret. */
const HARMLESS = /(?:type|url|uri|endpoint|file|path|ms|name|count|length|age)$/i;

/** Tells by its name whether a field holds a secret. */
export class SecretNames {
  private readonly pattern: RegExp;
  private readonly own: ReadonlySet<string>;

  /** @param more  further names, whole; dashes and underscores may be left out */
  constructor(more: readonly string[] = []) {
    const own = more.map(name => `^${name.replace(/[-_]/g, '[-_]?')}$`);
    this.pattern = new RegExp([SECRET_WORDS, ...own].join('|'), 'i');
    this.own = new Set(more.map(name => name.toLowerCase()));
  }

  has(name: string): boolean {
    return this.pattern.test(name) && (!HARMLESS.test(name) || this.own.has(name.toLowerCase()));
  }
}
