import { useState } from 'preact/hooks';
import { DataTable } from '../parts/data-table';
import { Blank } from '../parts/facts';
import type { OptionsView } from '../server';
import { useRead } from '../use-read';
import { count } from '../words';

const HIDDEN = '•••';

/** Every option as it holds, and where it comes from. */
export function ConfigurationView() {
  const { value: all, trouble } = useRead('configuration');
  const [sought, setSought] = useState('');
  const [isChanged, setChanged] = useState(false);
  const found = (all ?? [])
    .map(({ where, options }) => ({
      where,
      options: options.filter(
        ({ path, origin }) =>
          (!isChanged || origin !== 'default') &&
          `${where} ${path} ${origin}`.toLowerCase().includes(sought.trim().toLowerCase()),
      ),
    }))
    .filter(({ options }) => options.length > 0);
  return (
    <>
      <div class="title">
        <h1>Configuration</h1>
        <p>Every option as it was read at boot. Secrets are hidden before they get here.</p>
      </div>
      <form class="filter wide" role="search" onSubmit={event => event.preventDefault()}>
        <label>
          Find
          <input
            type="search"
            value={sought}
            placeholder="timeoutMs, PORT, catalog"
            onInput={({ currentTarget }) => setSought(currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isChanged}
            onChange={({ currentTarget }) => setChanged(currentTarget.checked)}
          />
          Without defaults
        </label>
        <p class="held" role="status">
          {count(
            found.reduce((sum, { options }) => sum + options.length, 0),
            'option',
          )}
        </p>
      </form>
      {all === undefined ? (
        <Blank trouble={trouble} />
      ) : (
        <div class="stack">
          {found.map(group => (
            <Options key={group.where} group={group} />
          ))}
        </div>
      )}
    </>
  );
}

function Options({ group: { where, options } }: { readonly group: OptionsView }) {
  const id = `options-${where.replace(/\W+/g, '-')}`;
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{where}</h2>
      <DataTable
        caption={`The options of ${where}`}
        columns={['Option', 'Value', 'Set by']}
        rows={options.map(({ path, value, origin }) => [
          <code>{path}</code>,
          <Value of={value} />,
          origin === 'default' ? <span class="quiet">default</span> : <code>{origin}</code>,
        ])}
      />
    </section>
  );
}

function Value({ of }: { readonly of: unknown }) {
  if (of === HIDDEN) return <span class="quiet">hidden</span>;
  return <code class="value">{typeof of === 'string' ? of : JSON.stringify(of)}</code>;
}
