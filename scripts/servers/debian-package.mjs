/**
 * Unpacks a Debian package of another release beside the system, without installing it and without root; with what it needs, if asked.
 * Built-ins only: this runs before anything is installed.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Downloads a package and unpacks it into a folder, at once or not at all: two processes may do so together.
 * The mirror, its key and the proxy settings are the machine's own; apt's lists and caches are private and removed afterwards.
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.suite
 * @param {string} options.into  must not exist yet
 * @param {boolean} [options.withNeeds]  whether packages that it depends on, and this machine has not, are unpacked into the same folder
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<void>}
 * @throws {Error}  when this is no Debian, or the package cannot be had
 */
export async function unpackDebianPackage({ name, suite, into, withNeeds = false, log = () => {} }) {
  const mirror = await debianMirror();
  if (!mirror) throw new Error('no Debian mirror in the apt configuration of this machine');
  const parent = resolve(into, '..');
  await mkdir(parent, { recursive: true });
  const work = await mkdtemp(join(parent, `.${name}-`));
  try {
    await mkdir(join(work, 'state/lists/partial'), { recursive: true });
    await mkdir(join(work, 'cache/archives/partial'), { recursive: true });
    await writeFile(join(work, 'sources.list'), sourceLine(mirror, suite));
    const apt = (...args) => run('apt-get', [...privateApt(work), ...args], { cwd: work });
    log(`fetching ${name} from Debian ${suite} …`);
    await apt('update');
    if (withNeeds) await apt('install', '-y', '--no-install-recommends', '--download-only', name);
    else await apt('download', name);
    const folder = withNeeds ? join(work, 'cache/archives') : work;
    const archives = (await readdir(folder)).filter(file => file.endsWith('.deb'));
    if (archives.length === 0) throw new Error(`apt-get downloaded no ${name}`);
    const unpacked = join(work, 'unpacked');
    for (const archive of archives) await run('dpkg-deb', ['-x', join(folder, archive), unpacked]);
    await rename(unpacked, into).catch(error => {
      // Somebody else was first: theirs is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    throw new Error(`Debian's package ${name} (${suite}) could not be had: ${reasonOf(error)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @typedef {{ uri: string, signedBy?: string | undefined }} Mirror */

/**
 * Finds the mirror this machine's apt uses for Debian's main archive.
 * @param {string} [aptFolder]  where apt's configuration is
 * @returns {Promise<Mirror | undefined>}
 */
export async function debianMirror(aptFolder = '/etc/apt') {
  const parts = join(aptFolder, 'sources.list.d');
  const files = [
    join(aptFolder, 'sources.list'),
    ...(await readdir(parts).catch(() => [])).sort().map(file => join(parts, file)),
  ];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = file.endsWith('.sources') ? readDeb822(text) : file.endsWith('.list') ? readOneLine(text) : [];
    const mirror = found.find(({ uri }) => /^(https?|mirror\+file|file|copy):\S*\/debian\/?$/.test(uri));
    if (mirror) return mirror;
  }
  return undefined;
}

/** @param {string} text  a `.sources` file @returns {Mirror[]} */
export function readDeb822(text) {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap(stanza => {
    const fields = Object.fromEntries(
      [...stanza.matchAll(/^([\w-]+):[ \t]*((?:.*)(?:\n[ \t].*)*)/gm)].map(([, key, value]) => [
        key.toLowerCase(),
        value,
      ]),
    );
    const words = key => (fields[key] ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || !words('components').includes('main')) return [];
    if (/^(no|false|0|off)$/i.test(fields.enabled ?? '')) return [];
    return words('uris').map(uri => ({ uri, signedBy: keyringOf(fields['signed-by']) }));
  });
}

/** @param {string} text  a `.list` file @returns {Mirror[]} */
export function readOneLine(text) {
  return [...text.matchAll(/^[ \t]*deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]+\S+[ \t]+(.*)$/gm)].flatMap(
    ([, options = '', uri, components]) =>
      components.split(/\s+/).includes('main')
        ? [{ uri, signedBy: keyringOf(/(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1]) }]
        : [],
  );
}

/** A key written into the stanza itself is left to apt's own trusted keys. @param {string | undefined} value */
function keyringOf(value) {
  const path = value?.trim().split(/[\s,]+/)[0];
  return path?.startsWith('/') ? path : undefined;
}

/** @param {Mirror} mirror @param {string} suite */
function sourceLine({ uri, signedBy }, suite) {
  return `deb ${signedBy ? `[signed-by=${signedBy}] ` : ''}${uri} ${suite} main\n`;
}

/** @param {string} work */
function privateApt(work) {
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    // Else root's apt hands the download to a user that may not write here.
    'APT::Sandbox::User': 'root',
    // Nothing of the system's is changed, so its lock, which only root may take, is not wanted.
    'Debug::NoLocking': 'true',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  };
  return ['-q', ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
}

/** @param {unknown} error */
function reasonOf(error) {
  if (error?.code === 'ENOENT') return `there is no ${error.path ?? 'such program'} here`;
  const lines = String(error?.stderr ?? '').split('\n');
  return lines.find(line => line.startsWith('E:')) ?? error?.message ?? String(error);
}
