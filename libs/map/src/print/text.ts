import type { GuichetMap, MappedApp, MappedService, Uses } from '../model.js';
import { toldEnding } from './told-ending.js';

/** A line of a table, and how deep it stands. */
interface Line {
  readonly indent: number;
  readonly cells: readonly string[];
}

/** Draws a map as text, for people. */
export function mapText({ apps, services }: GuichetMap): string {
  return [...apps.map(appText), servicesText(services)].join('\n\n') + '\n';
}

function appText({ name, file, pages, routes, elsewhere }: MappedApp): string {
  const blocks = [
    ...pages.map(page => {
      const head = page.ending ? [page.name, toldEnding(page.ending)] : [page.name];
      if (page.isGone) head.push('answered with 410: it uses nothing');
      return block(
        [page.route, ...head],
        (page.isGone ? [] : page.sections).flatMap(section => lines(section.name, section)),
      );
    }),
    ...routes.map(({ route, service, call, ending, deprecated }) =>
      block(
        [route, 'passed through', ...(ending ? [toldEnding(ending)] : [])],
        lines('', { calls: [{ service, call, at: '' }], deprecated, unknown: [] }),
      ),
    ),
    ...elsewhere.map(code => block([code.name, code.at], lines('', code))),
  ];
  return [`${name}  ${file}`, ...blocks].join('\n\n');
}

function block(head: readonly string[], rows: readonly Line[]): string {
  return [head.join('  '), ...table(rows)].join('\n');
}

function lines(name: string, { calls, deprecated, unknown }: Uses): readonly Line[] {
  const rows = [
    ...calls.map(call => [call.service, call.call, ...(call.client === undefined ? [] : [call.client])]),
    ...deprecated.map(({ service, call, ending }) => [service, `! ${call ?? 'all of it'} is ${toldEnding(ending)}`]),
    ...unknown.map(({ what, at }) => ['?', `unknown: ${what} (${at})`]),
  ];
  if (rows.length === 0) rows.push(['–']);
  return rows.map((cells, index) => ({ indent: 2, cells: [index === 0 ? name : '', ...cells] }));
}

function servicesText(services: readonly MappedService[]): string {
  const blocks = services.map(({ name, clients, ending, deprecatedCalls, usedBy }) => {
    const head = [name, clients.join(', '), ...(ending ? [toldEnding(ending)] : [])].filter(part => part !== '');
    const ends = Object.entries(deprecatedCalls).map(([call, own]) => ({
      indent: 2,
      cells: [`! ${call}`, toldEnding(own)],
    }));
    const uses = usedBy.map(({ by, call }) => ({ indent: 2, cells: [call, by] }));
    return block(head, [...ends, ...(uses.length > 0 ? uses : [{ indent: 2, cells: ['used by nobody'] }])]);
  });
  return ['services', ...blocks].join('\n\n');
}

function table(rows: readonly Line[]): readonly string[] {
  const widths: number[] = [];
  for (const { cells } of rows) {
    // A last cell pushes nothing away.
    for (const [column, cell] of cells.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map(({ indent, cells }) =>
    (
      ' '.repeat(indent) +
      cells.map((cell, column) => cell.padEnd(column < cells.length - 1 ? widths[column]! : 0)).join('  ')
    ).trimEnd(),
  );
}
