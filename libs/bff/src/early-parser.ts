import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/** Undici's parser of upstreams' answers, as WebAssembly. Its file, for it has no other door to it. */
const PARSER = 'undici/lib/llhttp/llhttp_simd-wasm.js';
/** What has V8 compile WebAssembly in two steps, the second when it has become hot. */
const LATER = ['wasm-lazy-compilation', 'wasm-dynamic-tiering'];

/** The little of it that is used here: its types come with the DOM's. */
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object };

/** V8 compiles what has the same bytes once, as long as somebody holds it. */
let held: object | undefined;

/**
 * Has the parser of upstreams' answers compiled in full now, beside the boot. Else V8 does it amid the first traffic, when a process
 * holds most: it takes 35 MB for half a second.
 * @returns false where undici has it elsewhere; then V8 goes its own way
 * @see docs/decisions/0035-parser-compiled-at-boot.md
 */
export function compileParserEarly(): boolean {
  const bytes = parserBytes();
  if (bytes === undefined) return false;
  for (const flag of LATER) setFlagsFromString(`--no-${flag}`);
  try {
    held ??= new WebAssembly.Module(bytes);
  } finally {
    for (const flag of LATER) setFlagsFromString(`--${flag}`);
  }
  return true;
}

function parserBytes(): Uint8Array | undefined {
  try {
    return createRequire(import.meta.url)(PARSER) as Uint8Array;
  } catch {
    return undefined;
  }
}
