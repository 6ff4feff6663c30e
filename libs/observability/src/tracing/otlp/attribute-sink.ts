import type { Attributes } from '@opentelemetry/api';

/** Takes the attributes of a span, one by one. */
export interface AttributeSink {
  text(key: string, value: string): void;
  number(key: string, value: number): void;
  flag(key: string, value: boolean): void;
  texts(key: string, values: readonly string[]): void;
}

/** Puts attributes into an object: for OpenTelemetry's own exporters. */
export class AttributeRecord implements AttributeSink {
  readonly attributes: Attributes = {};

  text(key: string, value: string): void {
    this.attributes[key] = value;
  }

  number(key: string, value: number): void {
    this.attributes[key] = value;
  }

  flag(key: string, value: boolean): void {
    this.attributes[key] = value;
  }

  texts(key: string, values: readonly string[]): void {
    this.attributes[key] = [...values];
  }
}
