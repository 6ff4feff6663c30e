// Attributes as OTLP's JSON has them: members of a span's list. Keys are constants of the code, or were checked.

/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** @returns a text as JSON; most need no more than their quotes, which is a quarter of what `JSON.stringify` takes */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

export function textAttribute(key: string, value: string): string {
  return attribute(key, `{"stringValue":${quoted(value)}}`);
}

export function numberAttribute(key: string, value: number): string {
  return attribute(key, Number.isInteger(value) ? `{"intValue":${value}}` : `{"doubleValue":${value}}`);
}

export function flagAttribute(key: string, value: boolean): string {
  return attribute(key, value ? '{"boolValue":true}' : '{"boolValue":false}');
}

export function textsAttribute(key: string, values: readonly string[]): string {
  const members = values.map(value => `{"stringValue":${quoted(value)}}`).join(',');
  return attribute(key, `{"arrayValue":{"values":[${members}]}}`);
}

function attribute(key: string, value: string): string {
  return `{"key":"${key}","value":${value}}`;
}
