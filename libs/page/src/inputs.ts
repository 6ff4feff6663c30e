import type { Principal, Schema } from 'guichet/kernel';
import type { Device } from './device.js';
import { type Input, InputNode, type InputSource } from './node.js';

/** The path's parameters, checked. What does not fit is answered with 400, all issues listed. */
export function params<T>(schema: Schema<T>): Input<T> {
  return input('params', schema);
}

/** The query string, checked. A key that comes twice is an array. */
export function query<T>(schema: Schema<T>): Input<T> {
  return input('query', schema);
}

/** The body of a command, parsed and checked. */
export function body<T>(schema: Schema<T>): Input<T> {
  return input('body', schema);
}

/** The request's headers, names in lower case, checked. A strict schema would refuse every request. */
export function headers<T>(schema: Schema<T>): Input<T> {
  return input('headers', schema);
}

/** Who asks, as the auth guard found out. Without `optional: true`, nobody is answered with 401. */
export function principal(options: { readonly optional: true }): Input<Principal | undefined>;
export function principal(options?: { readonly optional?: false }): Input<Principal>;
export function principal(
  options: { readonly optional?: boolean } = {},
): Input<Principal> | Input<Principal | undefined> {
  return input('principal', undefined, options.optional ?? false);
}

/** What kind of device asks, as its headers say. */
export function device(): Input<Device> {
  return input('device');
}

/** The app's locale that fits the client best (BCP 47), or undefined where the app declares none. */
export function locale(): Input<string | undefined> {
  return input('locale', undefined, true);
}

function input<T>(source: InputSource, schema?: Schema<unknown>, optional = false): Input<T> {
  return new InputNode(source, schema, optional) as unknown as Input<T>;
}
