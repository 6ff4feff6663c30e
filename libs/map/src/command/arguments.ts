import { parseArgs } from 'node:util';
import { z } from 'zod';
import { MapError } from '../map-error.js';

/** What `guichet map` was asked for. */
export interface MapArguments {
  readonly apps: readonly string[];
  readonly services: readonly string[];
  readonly format: 'text' | 'json' | 'mermaid';
  readonly isStrict: boolean;
  /** Milliseconds since 1970-01-01 UTC; undefined: now. */
  readonly at: number | undefined;
  readonly project: string | undefined;
  readonly wantsHelp: boolean;
}

const OPTIONS = {
  app: { type: 'string', multiple: true },
  service: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  mermaid: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  at: { type: 'string' },
  project: { type: 'string', short: 'p' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const instant = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** @throws MapError  for what there is not, or not so */
export function mapArguments(args: readonly string[]): MapArguments {
  const { values } = parsed(args);
  if (values.json && values.mermaid) throw new MapError('--json and --mermaid: one of them');
  if (values.at !== undefined && !instant.safeParse(values.at).success)
    throw new MapError(
      `--at ${values.at}: write a day (2027-04-01), or an instant with its zone (2027-04-01T12:00:00Z)`,
    );
  return {
    apps: values.app ?? [],
    services: values.service ?? [],
    format: values.json ? 'json' : values.mermaid ? 'mermaid' : 'text',
    isStrict: values.strict,
    at: values.at === undefined ? undefined : Date.parse(values.at),
    project: values.project,
    wantsHelp: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true });
  } catch (error) {
    const what = (error as Error).message.replace(/\.$/, '');
    throw new MapError(`${what}. guichet map --help tells the options.`, { cause: error });
  }
}
