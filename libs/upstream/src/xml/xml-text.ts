/** Encodings that are read: what XML promises, and what old services in Europe write. */
const ENCODINGS: ReadonlySet<string> = new Set([
  'utf-8',
  'utf-16',
  'utf-16le',
  'utf-16be',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1252',
]);

/** What no XML document may hold (XML 1.0, 2.2). */
// oxlint-disable-next-line no-control-regex -- these are meant
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u;

/** @returns whether a text has only characters that XML may hold */
export function isXmlText(text: string): boolean {
  return !FORBIDDEN.test(text);
}

/**
 * Reads the bytes of a document as its header, else it itself says; as UTF-8 where neither does.
 * @param contentType  with its `charset`, if it has one
 * @throws SyntaxError  for an encoding that is not known, and bytes that are none in it
 */
export function xmlText(body: Buffer, contentType: string): string {
  const encoding = (charsetOf(contentType) ?? declaredEncoding(body) ?? 'utf-8').toLowerCase();
  if (!ENCODINGS.has(encoding)) throw new SyntaxError('its encoding is not known');
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(body);
  } catch {
    throw new SyntaxError('bytes that its encoding does not have');
  }
  if (!isXmlText(text)) throw new SyntaxError('characters that no XML may hold');
  return text;
}

function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([\w.-]+)/i.exec(contentType)?.[1];
}

function declaredEncoding(body: Buffer): string | undefined {
  // A byte order mark says it first; the decoder drops that of UTF-8 by itself.
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?\bencoding\s*=\s*["']([\w.-]+)["']/.exec(
    body.toString('latin1', 0, 200),
  )?.[1];
}
