import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.js';

/** As much of a Grafana panel as is checked. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  readonly panels?: readonly Panel[];
}

/** @returns `deploy/grafana/dashboards/guichet.json`, as it is */
export function dashboard(): { readonly panels: readonly Panel[] } {
  return JSON.parse(readFileSync(join(repository, 'deploy/grafana/dashboards/guichet.json'), 'utf8')) as {
    panels: Panel[];
  };
}

/** @returns all panels, those of folded rows included */
export function panels(): readonly Panel[] {
  return dashboard().panels.flatMap(panel => [panel, ...(panel.panels ?? [])]);
}

/** @returns an expression as Grafana sends it when everything is chosen */
export function withAllChosen(expression: string, interval: string): string {
  return expression.replaceAll(/\$(app|page|upstream)\b/g, '.*').replaceAll('$__rate_interval', interval);
}
