import { dirname, join, normalize } from 'node:path';
import { exampleClients, keptOut, rowOf, testingRoom } from '../layers.mjs';

/**
 * Makes the judge of the layer table.
 * @param {Iterable<string>} doors  what the package lets in: the keys of package.json's `exports`, `./page`, `./discovery/registration`
 * @returns {(file: string, specifier: string) => string | undefined}
 *   given the importing file (relative to the repository) and what it names, what is wrong and how to mend it
 */
export function layerRule(doors) {
  const open = new Set([...doors].map(key => key.replace(/^\./, 'guichet')));
  return (file, specifier) => {
    const from = roomOf(file);
    if (from === undefined) return undefined;
    if (specifier.startsWith('.')) return judgeRelative(file, from, specifier);
    const target = targetOf(specifier, open);
    if (target === undefined) return isTest(file) ? undefined : judgePackage(from, specifier);
    if (target.deep) return `'${specifier}' reaches past the index of ${target.room}: import '${target.door}'`;
    return judgeRooms(from, target.room, isTest(file));
  };
}

/** @returns {boolean} whether a file is a test, which may use the testing lib */
export function isTest(file) {
  return /\.(spec|e2e-spec|type-test|contract|test-rig)\.[cm]?tsx?$/.test(file) || /(^|\/)test\//.test(file);
}

/** @returns {string | undefined} the room a file stands in: `libs/page`, `apps/web`, or a folder beside the table, `test` */
function roomOf(file) {
  return /^(?:libs|apps)\/[^/]+(?=\/)|^(?:test|bench|examples|docs)(?=\/)/.exec(file)?.[0];
}

/** What a specifier of our own reaches; undefined for packages and Node's modules. */
function targetOf(specifier, open) {
  const { room, specifier: clients } = exampleClients;
  if (specifier === clients) return { room };
  if (specifier.startsWith(`${clients}/`)) return { room, door: clients, deep: true };
  const own = /^guichet(?:\/([^/]+))?/.exec(specifier);
  if (own?.[0] === undefined || (specifier[own[0].length] ?? '/') !== '/') return undefined;
  return { room: `libs/${own[1]}`, door: `guichet/${own[1]}`, deep: specifier !== own[0] && !open.has(specifier) };
}

function judgeRelative(file, from, specifier) {
  const to = roomOf(normalize(join(dirname(file), specifier)));
  const inTable = room => /^(libs|apps)\//.test(room ?? '');
  if (to === from || !(inTable(from) || inTable(to))) return undefined;
  // An app has no public name; its end-to-end tests know its pages.
  if (from === 'test' && to?.startsWith('apps/')) return undefined;
  // Tests may use what the repository has beside its rooms: scripts/servers starts what they need, the example serves it.
  if (!inTable(to) && isTest(file)) return undefined;
  return `'${specifier}' leaves ${from}: name what it wants publicly (guichet/<lib>, ${exampleClients.specifier})`;
}

function judgePackage(from, specifier) {
  const rule = keptOut.find(({ room, packages }) => room === from && packages.some(name => isOf(specifier, name)));
  return rule && `${from} is kept free of '${specifier}': ${rule.why}`;
}

const isOf = (specifier, name) =>
  name.endsWith('/') ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`);

function judgeRooms(from, to, test) {
  if (to === from) return `${from} names itself publicly: use a relative path`;
  if (to === testingRoom) return test ? undefined : `${testingRoom} is for specs, test/ and the tests of teams only`;
  if (to === exampleClients.room && !from.startsWith('apps/') && !test) {
    return `${exampleClients.specifier} is the example's: only apps and tests may import it`;
  }
  const own = from === testingRoom ? Infinity : rowOf(from);
  const row = rowOf(to);
  if (row === undefined) return `${to} is not in the layer table (scripts/layers.mjs)`;
  // A test may show how its room and a neighbour work together.
  if (own === undefined || row < own || (test && row === own)) return undefined;
  return `${from} (row ${own}) may not import ${to} (row ${row}): imports go downward, never sideways`;
}
