import type { ComponentChildren } from 'preact';

interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of each names its row. */
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Which columns are numbers. */
  readonly numbers?: readonly number[];
  /** Whether its columns are as wide as those of its neighbours, whatever stands in them. */
  readonly isEven?: boolean;
}

/** A table that becomes a list of entries where it is too wide. */
export function DataTable({ caption, columns, rows, numbers = [], isEven = false }: DataTableProps) {
  return (
    <table class={isEven ? 'data even' : 'data'}>
      <caption class="hidden-words">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column, at) => (
            <th key={column} scope="col" class={numbers.includes(at) ? 'number' : undefined}>
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, at) => {
              const kind = numbers.includes(at) ? 'number' : undefined;
              return at === 0 ? (
                <th key={at} scope="row" class={kind}>
                  {cell}
                </th>
              ) : (
                <td key={at} class={kind} data-column={columns[at]}>
                  {cell}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
