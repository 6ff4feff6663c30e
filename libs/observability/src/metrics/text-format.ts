// Prometheus' text format 0.0.4. prom-client writes it too, but puts every label together anew at every look: with twenty
// thousand series, measured by `bench/metrics.mjs`, that took some three times as long.
// See https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format

const UNSAFE = /[\\\n"]/;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };

/**
 * @param names   of the labels, which the code says
 * @param values  in the same order; anything, since they may come from outside
 * @returns `a="1",b="2"`; empty without labels
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let at = 0; at < names.length; at++) {
    const value = values[at]!;
    text += `${at === 0 ? '' : ','}${names[at]!}="${UNSAFE.test(value) ? escaped(value) : value}"`;
  }
  return text;
}

/** @returns one line: a series and its value. @param labels  by {@link labelText} */
export function seriesText(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${valueText(value)}` : `${name}{${labels}} ${valueText(value)}`;
}

/** @returns what stands above a family's lines */
export function headText(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}`;
}

function escaped(value: string): string {
  return value.replace(/[\\\n"]/g, unsafe => ESCAPED[unsafe]!);
}

function valueText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
