import type { DeprecatedUse, Ending, GuichetMap, MappedApp } from '../model.js';

/** Something that uses services, as a node of the drawing. */
interface Node {
  readonly id: string;
  readonly label: string;
  readonly ending: Ending | undefined;
  /** Calls by service. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
  readonly retired: ReadonlySet<string>;
}

/** Draws a map as a Mermaid flowchart: pages and routes by app, services, and an arrow for each that is used. */
export function mapMermaid({ apps, services }: GuichetMap): string {
  const ids = new Map(services.map(({ name }, index) => [name, `service${index}`]));
  const drawn = apps.map((app, index) => ({ name: app.name, nodes: nodesOf(app, `app${index}`) }));
  const lines = ['flowchart LR'];
  for (const [index, { name, nodes }] of drawn.entries()) {
    lines.push(`  subgraph app${index}[${quoted(name)}]`);
    for (const { id, label, ending } of nodes) lines.push(`    ${id}[${quoted(label)}]${classOf(ending)}`);
    lines.push('  end');
  }
  for (const { name, ending } of services) lines.push(`  ${ids.get(name)}([${quoted(name)}])${classOf(ending)}`);
  for (const { nodes } of drawn) {
    for (const { id, calls, retired } of nodes) {
      for (const [service, called] of calls) {
        const arrow = retired.has(service) ? '-.->' : '-->';
        lines.push(`  ${id} ${arrow}|${quoted([...called].join('\n'))}| ${ids.get(service)}`);
      }
    }
  }
  lines.push(
    '  classDef deprecated stroke:#b45309,stroke-width:2px,stroke-dasharray:4 2',
    '  classDef retired stroke:#b91c1c,stroke-width:3px',
  );
  return `${lines.join('\n')}\n`;
}

function nodesOf({ pages, routes, elsewhere }: MappedApp, prefix: string): readonly Node[] {
  const users = [
    ...pages.map(({ route, name, ending, isGone, sections }) => ({
      label: `${route}\n${name}`,
      ending,
      calls: isGone ? [] : sections.flatMap(({ calls }) => calls),
      deprecated: sections.flatMap(({ deprecated }) => deprecated),
    })),
    ...routes.map(({ route, service, call, ending, isGone, deprecated }) => ({
      label: route,
      ending,
      calls: isGone ? [] : [{ service, call }],
      deprecated,
    })),
    ...elsewhere.map(({ name, calls, deprecated }) => ({ label: name, ending: undefined, calls, deprecated })),
  ];
  return users.map(({ label, ending, calls, deprecated }, index) => ({
    id: `${prefix}_${index}`,
    label,
    ending,
    calls: byService(calls),
    retired: new Set(deprecated.filter(isRetired).map(({ service }) => service)),
  }));
}

function byService(calls: readonly { readonly service: string; readonly call: string }[]): Node['calls'] {
  const found = new Map<string, Set<string>>();
  for (const { service, call } of calls) found.set(service, (found.get(service) ?? new Set()).add(call));
  return found;
}

function isRetired({ ending }: DeprecatedUse): boolean {
  return ending.isRetired;
}

function classOf(ending: Ending | undefined): string {
  return ending ? `:::${ending.isRetired ? 'retired' : 'deprecated'}` : '';
}

/** A text that Mermaid draws as it is: everything that it or HTML would read is written by its code. */
function quoted(text: string): string {
  const safe = text.replace(/[^\w\s/:.,()-]/g, character => `#${character.codePointAt(0)};`);
  return `"${safe.replace(/\n/g, '<br/>')}"`;
}
