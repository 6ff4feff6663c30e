import { filtered } from '../filter.js';
import { MapError } from '../map-error.js';
import type { GuichetMap } from '../model.js';
import { mapMermaid } from '../print/mermaid.js';
import { mapText } from '../print/text.js';
import { toldEnding } from '../print/told-ending.js';
import { readMap } from '../read-map.js';
import { type MapArguments, mapArguments } from './arguments.js';
import { MAP_USAGE, USAGE } from './usage.js';

/** What the command has around it. */
export interface Surroundings {
  /** Where it was called, absolute. */
  readonly folder: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  /** Takes what was asked for. */
  readonly print: (text: string) => void;
  /** Takes what there is to complain of. */
  readonly complain: (text: string) => void;
}

/** `guichet` of the command line. @returns the exit code: 0, 1 for findings, 2 where it could not do what was asked */
export function main(args: readonly string[], surroundings: Surroundings): number {
  const [command, ...rest] = args;
  const { print, complain } = surroundings;
  if (command === 'map') {
    try {
      return drawMap(mapArguments(rest), surroundings);
    } catch (error) {
      if (!(error instanceof MapError)) throw error;
      complain(`guichet map: ${error.message}\n`);
      return 2;
    }
  }
  if (command === undefined || command === '--help' || command === '-h') {
    print(USAGE);
    return command === undefined ? 2 : 0;
  }
  complain(`guichet: there is no command "${command}"\n\n${USAGE}`);
  return 2;
}

function drawMap(asked: MapArguments, { folder, now, print, complain }: Surroundings): number {
  if (asked.wantsHelp) {
    print(MAP_USAGE);
    return 0;
  }
  const whole = readMap({ folder, project: asked.project, at: asked.at ?? now });
  const map = filtered(whole, asked);
  print(shown(map, asked.format));
  for (const { by, what, at } of map.unknown) complain(`unknown: ${by}: ${what} (${at})\n`);
  for (const { by, what, ending } of map.retired)
    complain(`retired and still used: ${what} by ${by}; ${toldEnding(ending)}\n`);
  return map.retired.length > 0 || (asked.isStrict && map.unknown.length > 0) ? 1 : 0;
}

function shown(map: GuichetMap, format: MapArguments['format']): string {
  if (format === 'json') return `${JSON.stringify(map, undefined, 2)}\n`;
  return format === 'mermaid' ? mapMermaid(map) : mapText(map);
}
