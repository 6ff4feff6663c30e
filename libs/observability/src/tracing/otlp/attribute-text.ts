import type { AttributeSink } from './attribute-sink.js';

/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** Writes attributes as OTLP's JSON has them. Keys are constants of the code, or were checked. */
export class AttributeText implements AttributeSink {
  /** The members of the list, without its brackets. */
  members = '';

  text(key: string, value: string): void {
    this.add(key, `{"stringValue":${quoted(value)}}`);
  }

  number(key: string, value: number): void {
    this.add(key, Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${value}}`);
  }

  flag(key: string, value: boolean): void {
    this.add(key, value ? '{"boolValue":true}' : '{"boolValue":false}');
  }

  texts(key: string, values: readonly string[]): void {
    const members = values.map(value => `{"stringValue":${quoted(value)}}`).join(',');
    this.add(key, `{"arrayValue":{"values":[${members}]}}`);
  }

  private add(key: string, value: string): void {
    this.members += `${this.members === '' ? '' : ','}{"key":"${key}","value":${value}}`;
  }
}

/** @returns a text as JSON; most need no more than their quotes, which is a quarter of what `JSON.stringify` takes */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
