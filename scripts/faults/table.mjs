/**
 * Writes what promises were found to be: a row for each, and under it its goals.
 * @param {readonly { number: number, title: string, conditions: string, without?: string,
 *   verdicts: readonly { goal: string, measured: string, isKept: boolean }[] }[]} reports
 * @returns {string}
 */
export function tableOf(reports) {
  const width = Math.max(20, ...reports.flatMap(({ verdicts }) => verdicts.map(({ goal }) => goal.length)));
  return reports
    .map(({ number, title, without, verdicts, conditions }) =>
      [
        `${String(number).padStart(2)}  ${title}${without ? `: without ${without}` : ''}`,
        ...verdicts.map(
          ({ goal, measured, isKept }) =>
            `    ${without ? '✓ noticed ' : isKept ? '✓ kept    ' : '✗ NOT KEPT'}  ${goal.padEnd(width)}  ${measured}`,
        ),
        `    ${conditions}`,
      ].join('\n'),
    )
    .join('\n\n');
}
