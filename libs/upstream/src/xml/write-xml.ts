import { InvalidInput } from 'guichet/kernel';
import { isXmlText } from './xml-text.js';

/** What a document is written from: one root element by its name; attributes by `@name`, text by `#text`, lists as lists. */
export interface XmlElement {
  readonly [name: string]: XmlValue | readonly XmlValue[];
}

/** One element, its text alone where it has neither attributes nor elements; `undefined` and `null` are left out. */
export type XmlValue = XmlElement | string | number | bigint | boolean | null | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Writes a document, everything in it escaped.
 * @throws TypeError     for a name that XML does not have, no or several root elements, a value of another kind: a mistake in the client's code
 * @throws InvalidInput  for text that no XML may hold
 */
export function writeXml(document: XmlElement): string {
  const names = Object.keys(document);
  const root = document[names[0]!];
  if (names.length !== 1 || Array.isArray(root)) throw new TypeError('an XML document has one root element');
  return `<?xml version="1.0" encoding="UTF-8"?>${element(names[0]!, root as XmlValue)}`;
}

function element(name: string, value: XmlValue): string {
  checkName(name);
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return `<${name}>${text(name, value)}</${name}>`;
  let attributes = '';
  let content = '';
  for (const [key, inner] of Object.entries(value)) {
    if (key.startsWith('@')) {
      checkName(key.slice(1));
      if (inner !== undefined && inner !== null) attributes += ` ${key.slice(1)}="${text(key, inner as XmlValue)}"`;
    } else if (key === '#text') content += text(name, inner as XmlValue);
    else for (const each of [inner].flat()) content += element(key, each);
  }
  return `<${name}${attributes}>${content}</${name}>`;
}

function text(name: string, value: XmlValue): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`XML: "${name}" must be text, a number or a boolean`);
  }
  const given = String(value);
  if (!isXmlText(given)) {
    throw new InvalidInput([{ in: 'body', path: name, message: 'holds characters that no XML may hold' }]);
  }
  return given.replaceAll(/[&<>"']/g, character => ESCAPES[character]!);
}

function checkName(name: string): void {
  if (!/^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/.test(name)) {
    throw new TypeError(`XML: ${JSON.stringify(name)} is no name of an element or attribute`);
  }
}
