import { check } from 'guichet/kernel';
import type { Answer, AnswerReader } from '../answer.js';
import { malformed, refused } from '../json-answer.js';
import { isPlain } from '../media-type.js';
import { misfit } from '../misfit.js';
import type { HttpRequest } from '../upstream-request.js';
import { type XmlDocumentParser, xmlParser } from './parse-xml.js';
import { xmlText } from './xml-text.js';

/** Paths stand in the client's code; did they not, this bounds what is kept. */
const MAX_READERS = 100;
const readers = new Map<string, XmlAnswerReader>();

/** @returns the reader of answers whose elements at the given paths are lists: the same for the same paths */
export function xmlAnswer(arrays: readonly string[]): AnswerReader {
  const key = arrays.join(' ');
  const known = readers.get(key);
  if (known !== undefined) return known;
  const reader = new XmlAnswerReader(xmlParser(arrays));
  if (readers.size < MAX_READERS) readers.set(key, reader);
  return reader;
}

/** Reads answers as XML that fits the call's schema. Messages name the call and the field, never a value. */
class XmlAnswerReader implements AnswerReader {
  readonly accept = 'application/xml, text/xml';

  constructor(private readonly parser: XmlDocumentParser) {}

  read(request: HttpRequest, answer: Answer): unknown {
    if (answer.status < 200 || answer.status > 299) throw refused(request, answer);
    if (answer.body.length === 0) {
      if (request.schema === undefined && answer.status !== 200) return undefined;
      throw malformed(request, answer, `answered ${answer.status} without a body`);
    }
    const value = this.parsed(request, answer);
    if (request.schema === undefined) return value;
    const checked = check(request.schema, value);
    if (checked.ok) return checked.value;
    throw malformed(request, answer, misfit(checked.issues));
  }

  private parsed(request: HttpRequest, answer: Answer): unknown {
    if (!isPlain(answer.header('content-encoding'))) throw malformed(request, answer, 'sent an encoded body, unasked');
    const type = answer.header('content-type');
    if (type === undefined || !isXml(type)) throw malformed(request, answer, 'did not send XML');
    try {
      return this.parser.parse(xmlText(answer.body, type));
    } catch {
      // The parser's own message may quote the body.
      throw malformed(request, answer, 'sent invalid XML');
    }
  }
}

function isXml(contentType: string): boolean {
  return /^\s*(?:(?:application|text)\/xml|[\w.-]+\/[\w.-]+\+xml)\s*(?:;|$)/i.test(contentType);
}
