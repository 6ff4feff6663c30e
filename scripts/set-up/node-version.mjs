/** The oldest Node.js this repository runs on: package.json `engines`. */
const floor = [20, 19];

/**
 * Ends the process with one clear line when this Node.js is too old.
 * Must itself run on an old one, so it uses nothing new.
 */
export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > floor[0] || (major === floor[0] && minor >= floor[1])) return;
  console.error(`Node.js ${floor.join('.')} or newer is needed; this is ${version}. Node.js 24 is recommended.`);
  process.exit(1);
}
