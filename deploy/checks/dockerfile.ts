import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.js';

/** One instruction: `COPY`, and what follows it. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What lies between one `FROM` and the next. */
export interface Stage {
  readonly name: string;
  /** An image, or an earlier stage. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/** What a stage copies. */
export interface Copy {
  /** A stage; undefined: the build's context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** @returns the stages of `deploy/docker/Dockerfile`, in order */
export function stages(): readonly Stage[] {
  const text = readFileSync(join(repository, 'deploy/docker/Dockerfile'), 'utf8');
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(line => line.trim() !== '');
  const found: { name: string; from: string; instructions: Instruction[] }[] = [];
  const variables = new Map<string, string>();
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (!name || rest === undefined) throw new SyntaxError(`no instruction: ${line}`);
    if (name === 'FROM') {
      const [, from, stage] = /^(\S+) AS (\S+)$/.exec(rest) ?? [];
      if (!from || !stage) throw new SyntaxError(`a stage without a name: ${line}`);
      found.push({
        name: stage,
        from: from.replace(/^\$\{(\w+)\}$/, (_, key: string) => variables.get(key) ?? ''),
        instructions: [],
      });
    } else if (found.length === 0) variables.set(...(rest.split('=') as [string, string]));
    else found.at(-1)!.instructions.push({ name, text: rest });
  }
  return found;
}

/** @returns what a stage does, beginning with what the stages do that it stands on */
export function lineage(name: string, all = stages()): readonly Instruction[] {
  const stage = all.find(candidate => candidate.name === name);
  return stage ? [...lineage(stage.from, all), ...stage.instructions] : [];
}

/** @returns the copies of a stage, with those of the stages it stands on */
export function copies(name: string): readonly Copy[] {
  return lineage(name)
    .filter(instruction => instruction.name === 'COPY')
    .map(({ text }) => {
      const [, from, rest] = /^(?:--from=(\S+) )?(.*)$/.exec(text)!;
      const words = rest!.split(/\s+/);
      return { from, sources: words.slice(0, -1), target: words.at(-1)! };
    });
}

/** @returns the words of the last `CMD`, `ENTRYPOINT` or the like in exec form */
export function execForm(name: string, instruction: 'CMD'): readonly string[] {
  const last = lineage(name).findLast(one => one.name === instruction);
  return JSON.parse(last!.text) as string[];
}

/** @returns what `ENV` sets in a stage */
export function environmentOf(name: string): Readonly<Record<string, string>> {
  const pairs = lineage(name)
    .filter(instruction => instruction.name === 'ENV')
    .flatMap(({ text }) => text.split(/\s+/).map(pair => pair.split('=') as [string, string]));
  return Object.fromEntries(pairs);
}
