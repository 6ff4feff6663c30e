import { REDACTED, SECRET_WORDS } from './secret-names.js';

/** How one kind of secret is found in a serialised line, and what stands there afterwards. */
export interface SecretPattern {
  readonly pattern: RegExp;
  readonly by: string;
}

// Everything here is matched against JSON, where a text's own quotes are written \" and its line breaks \n. No pattern
// crosses a bare ", so what it leaves is JSON still.

/** What a text may hold: any character, or an escaped one. */
const ANY = String.raw`(?:[^"\\]|\\.)`;
/** The same within one line. */
const IN_LINE = String.raw`(?:[^"\\]|\\[^nr"])`;
/** A quote inside of a text, escaped once or more, or another kind. An even number of backslashes escapes no quote. */
const QUOTE = String.raw`(?:(?<!\\)(?:\\\\)*\\"|['\x60])`;

const TEMPLATES: readonly { readonly source: string; readonly by: string }[] = [
  // -----BEGIN PRIVATE KEY----- to its end, or to the end of the text.
  {
    source: String.raw`-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----${ANY}*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|(?="))`,
    by: REDACTED,
  },
  // Cookie: a=b; c=d
  {
    source: String.raw`((?:cookie2?|authori[sz]ation)${QUOTE}?\s{0,2}:\s{0,2})(?![\s\\'"\x60[])${IN_LINE}+`,
    by: `$1${REDACTED}`,
  },
  // Bearer abc; Basic dXNlcjpwYXNz
  { source: String.raw`(Bearer|Basic|DPoP|Digest)(\s{1,3})[\w\-.~+/]{4,}=*`, by: `$1$2${REDACTED}` },
  // A JWT, or the beginning of one.
  { source: String.raw`eyJ[\w-]{8,}(?:\.[\w-]*){1,4}`, by: REDACTED },
  // redis://user:password@host
  { source: String.raw`(\/\/)[^\s"\\/]{1,512}@`, by: `$1${REDACTED}@` },
  // "password": "x", password: 'x', in a text or in JSON within a text
  {
    source: String.raw`((?:${SECRET_WORDS})[\w-]{0,30}${QUOTE}?\s{0,2}[:=]\s{0,2}(${QUOTE}))${ANY}*?(?=(?<!\\)\2|"|$)`,
    by: `$1${REDACTED}`,
  },
  // "tokens": ["x", "y"] in a text
  {
    source: String.raw`((?:${SECRET_WORDS})[\w-]{0,30}${QUOTE}?\s{0,2}[:=]\s{0,2}\[)${ANY}*?(?=\]|"|$)`,
    by: `$1${REDACTED}`,
  },
  // password=x, sid=x
  {
    source: String.raw`((?:(?:${SECRET_WORDS})[\w-]{0,30}|sid|session)=)[^\s"\\&;,'<>(){}[\]]+`,
    by: `$1${REDACTED}`,
  },
  // password: x1, where it does not look like a word
  {
    source: String.raw`((?:${SECRET_WORDS})[\w-]{0,30}${QUOTE}?:\s{0,2})(?=[A-Za-z_-]*[\d~!@#$%^*+/])[^\s"\\&;,'<>(){}[\]]+`,
    by: `$1${REDACTED}`,
  },
];

/** The kinds of secrets that can be told by their look. */
export const SECRET_PATTERNS: readonly SecretPattern[] = TEMPLATES.map(({ source, by }) => ({
  pattern: new RegExp(source, 'gi'),
  by,
}));

/** The source of an expression that fits wherever one of {@link SECRET_PATTERNS} might: cheap, for the many lines that hold none. */
export const SUSPICIOUS = String.raw`(?:Bearer|Basic|DPoP|Digest)\s|eyJ[\w-]{8}|\/\/[^\s"\\/]{1,512}@|(?:(?:${SECRET_WORDS})[\w-]{0,30}\\*["'\x60]?\s{0,2}[=:]|(?:sid|session)=)|PRIVATE KEY`;
