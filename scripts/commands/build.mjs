import { build } from '../build/build.mjs';

export const help = `npm run build [-- <project> ...]

Builds what is stale: all libs, both apps and the example, or the named projects with everything below them.
  npm run build -- web     the web BFF, the libs it stands on and the browser client`;

/** @param {readonly string[]} names */
export async function run(names) {
  await build(names);
  console.log('✓ Built: nothing is stale.');
}
