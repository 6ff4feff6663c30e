import type { AttributeSink } from './attribute-sink.js';

/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** Values of one attribute that are remembered as they are written: templates, names and states recur, ids and sizes do not. */
const MAX_REMEMBERED = 256;

/** What one attribute is written as, by its value. */
type Written<T> = Map<T, string>;

const texts = new Map<string, Written<string>>();
const numbers = new Map<string, Written<number>>();

/**
 * Writes attributes as OTLP's JSON has them. Keys are constants of the code, or were checked. Most attributes of most spans were
 * written before: putting them together anew was measured to be most of what a span costs, and most of that in garbage.
 */
export class AttributeText implements AttributeSink {
  /** The members of the list, without its brackets. */
  members = '';

  text(key: string, value: string): void {
    this.add(
      remembered(texts, key, value) ?? remember(texts, key, value, member(key, `{"stringValue":${quoted(value)}}`)),
    );
  }

  number(key: string, value: number): void {
    this.add(remembered(numbers, key, value) ?? remember(numbers, key, value, member(key, numberText(value))));
  }

  flag(key: string, value: boolean): void {
    this.add(member(key, value ? '{"boolValue":true}' : '{"boolValue":false}'));
  }

  texts(key: string, values: readonly string[]): void {
    const members = values.map(value => `{"stringValue":${quoted(value)}}`).join(',');
    this.add(member(key, `{"arrayValue":{"values":[${members}]}}`));
  }

  private add(text: string): void {
    this.members = this.members === '' ? text : `${this.members},${text}`;
  }
}

/** @returns a text as JSON; most need no more than their quotes, which is a quarter of what `JSON.stringify` takes */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function member(key: string, value: string): string {
  return `{"key":"${key}","value":${value}}`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${value}}`;
}

function remembered<T>(written: Map<string, Written<T>>, key: string, value: T): string | undefined {
  return written.get(key)?.get(value);
}

function remember<T>(written: Map<string, Written<T>>, key: string, value: T, text: string): string {
  let byValue = written.get(key);
  if (byValue === undefined) written.set(key, (byValue = new Map()));
  if (byValue.size < MAX_REMEMBERED) byValue.set(value, text);
  return text;
}
