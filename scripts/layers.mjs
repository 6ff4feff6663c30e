/**
 * The one table of the repository's layers: who may import whom, and in which order things are built.
 * Imports go downward only, never sideways in a row (a test may: it shows how neighbours work together). The lint rule, the build order and docs/architecture.md follow it.
 *
 * @typedef {{ row: number, rooms: readonly string[] }} Row  rooms are folders, relative to the repository's root
 */

/** @type {readonly Row[]} from the bottom to the top */
export const rows = [
  { row: 0, rooms: ['libs/kernel'] },
  { row: 1, rooms: ['libs/resilience', 'libs/observability'] },
  { row: 2, rooms: ['libs/discovery'] },
  { row: 3, rooms: ['libs/upstream', 'libs/live'] },
  { row: 4, rooms: ['libs/page', 'libs/routes', 'libs/auth', 'libs/throttling', 'libs/health', 'libs/problem'] },
  { row: 5, rooms: ['libs/inspector', 'libs/shop', 'libs/map'] },
  { row: 6, rooms: ['libs/bff'] },
  { row: 7, rooms: ['apps/web', 'apps/mobile'] },
];

/**
 * Outside the rows: imported only by specs, `test/` and the tests of teams. It may use every row below the apps except the example's clients.
 */
export const testingRoom = 'libs/testing';

/** The example's upstream clients: not published, reached as `#shop`, by apps and tests only. */
export const exampleClients = { room: 'libs/shop', specifier: '#shop' };

/** Packages that a row may not touch, and why. Names match the package itself and, where they end in `/`, its scope. */
export const keptOut = [
  {
    room: 'libs/kernel',
    packages: ['@nestjs/', 'fastify', 'undici', 'node:http', 'node:https'],
    why: 'no Nest, no HTTP',
  },
  {
    room: 'libs/resilience',
    packages: ['@nestjs/', 'fastify', 'undici', 'node:http', 'node:https'],
    why: 'pure maths and state',
  },
];

/** @returns {number | undefined} the row of a room, if the table has it */
export function rowOf(room) {
  return rows.find(({ rooms }) => rooms.includes(room))?.row;
}

/** Where a project stands in the build: rows first, then the testing lib, then the apps, then everything the table does not name. */
export function buildRank(root) {
  const row = rowOf(root);
  if (root === testingRoom) return 6.5;
  return row ?? 8;
}
