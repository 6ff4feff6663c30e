/** What a label's value must not hold as it is. */
const UNSAFE = /[\\\n"]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' };

/**
 * @param names   of the labels, which the code says
 * @param values  in the same order; anything, since they may come from outside
 * @returns `a="1",b="2"`, as Prometheus' text format wants it; empty without labels
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let at = 0; at < names.length; at++) {
    text += `${at === 0 ? '' : ','}${names[at]!}="${values[at]!.replace(UNSAFE, unsafe => ESCAPED[unsafe]!)}"`;
  }
  return text;
}

/** @returns a series' name, with its labels in braces where it has any */
export function seriesName(name: string, labels: string): string {
  return labels === '' ? name : `${name}{${labels}}`;
}
