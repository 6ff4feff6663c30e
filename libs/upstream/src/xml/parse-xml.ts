import type { X2jOptions, XMLParser } from 'fast-xml-parser';
import { loadPackage } from '../optional-package.js';

/** Elements inside of each other. */
const MAX_DEPTH = 100;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Parses XML documents of one shape. */
export interface XmlDocumentParser {
  /**
   * @returns the root element by its name. Elements by name, attributes by `@name`, both without prefix; text as strings, beside
   * elements and attributes as `#text`
   * @throws SyntaxError  if it is not well-formed, has a document type, unknown entities, or elements more than 100 deep
   */
  parse(text: string): unknown;
}

/**
 * Makes a parser. No document type is taken, and with it no entity but XML's own five: nothing expands, nothing is fetched.
 * @param arrays  which elements come as lists even when there is one, by their dotted path from the root: `films.film`
 */
export function xmlParser(arrays: readonly string[]): XmlDocumentParser {
  const { XMLParser: Parser, XMLValidator } = loadPackage<typeof import('fast-xml-parser')>('fast-xml-parser');
  const lists = new Set(arrays);
  const options: X2jOptions = {
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: MAX_DEPTH,
    isArray: (_, path, __, isAttribute) => !isAttribute && lists.has(path as string),
    // What is inherited by every object comes as a property of its own, as from JSON; `__proto__` is refused in any case.
    onDangerousProperty: name => name,
    entityDecoder: {
      setExternalEntities() {},
      addInputEntities() {
        throw new SyntaxError('declares entities');
      },
      reset() {},
      decode: decodeEntities,
      setXmlVersion() {},
    },
  };
  const parser: XMLParser = new Parser(options);
  return {
    parse(text) {
      refuseDocumentType(text);
      if (XMLValidator.validate(text) !== true) throw new SyntaxError('not well-formed');
      const document = parser.parse(text) as Record<string, unknown>;
      if (Object.keys(document).length !== 1) throw new SyntaxError('not one root element');
      return document;
    },
  };
}

/** The parser would take one anywhere, and do as it says. */
function refuseDocumentType(text: string): void {
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', at)) {
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : undefined;
    if (end === undefined) throw new SyntaxError('has a document type');
    at = text.indexOf(end, at + 4);
    if (at < 0) throw new SyntaxError('not well-formed');
  }
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{1,4}));|&/gi, (_, decimal, hex, name) => {
    const character = name === undefined ? characterOf(decimal, hex) : ENTITIES[name as string];
    if (character === undefined) throw new SyntaxError('refers to what it does not declare');
    return character;
  });
}

function characterOf(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isCharacter =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x1_00_00 && code <= 0x10_ff_ff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
