import { useState } from 'preact/hooks';
import { DataTable } from '../parts/data-table';
import { Blank } from '../parts/facts';
import type { OptionsView } from '../server';
import { useRead } from '../use-read';
import { count } from '../words';
import { LiveConfiguration } from './live-configuration';

const HIDDEN = '•••';

type Option = OptionsView['options'][number];

/** Every option as it holds, and where it comes from. */
export function ConfigurationView() {
  const { value: all, trouble } = useRead('configuration', { everyMs: 5_000 });
  const [sought, setSought] = useState('');
  const word = sought.trim().toLowerCase();
  const found = (all ?? [])
    .map(({ where, options }) => ({
      where,
      options: options.filter(({ path, origin }) => `${where} ${path} ${origin}`.toLowerCase().includes(word)),
    }))
    .filter(({ options }) => options.length > 0);
  return (
    <>
      <div class="title">
        <h1>Configuration</h1>
        <p>
          Every option as it holds: as it was read at boot, or as a live document sets it. Secrets are hidden before
          they get here.
        </p>
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
          <LiveConfiguration />
          {found.map(group => (
            <Options key={group.where} group={group} isSought={word !== ''} />
          ))}
        </div>
      )}
    </>
  );
}

interface OptionsProps {
  readonly group: OptionsView;
  /** Then its defaults are what is looked for, too. */
  readonly isSought: boolean;
}

function Options({ group: { where, options }, isSought }: OptionsProps) {
  const id = `options-${where.replace(/\W+/g, '-')}`;
  const set = options.filter(({ origin }) => origin !== 'default');
  const defaults = options.filter(({ origin }) => origin === 'default');
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{where}</h2>
      {set.length > 0 && <OptionTable caption={`The options of ${where} that are set`} options={set} />}
      {defaults.length > 0 && (
        <details open={isSought}>
          <summary>{count(defaults.length, 'default')}</summary>
          <OptionTable caption={`The options of ${where} that stand at their defaults`} options={defaults} />
        </details>
      )}
    </section>
  );
}

function OptionTable({ caption, options }: { readonly caption: string; readonly options: readonly Option[] }) {
  return (
    <DataTable
      isEven
      caption={caption}
      columns={['Option', 'Value', 'Set by']}
      rows={options.map(({ path, value, origin }) => [
        <code>{path}</code>,
        <Value of={value} />,
        origin === 'default' ? <span class="quiet">default</span> : <code>{placeOf(origin, path)}</code>,
      ])}
    />
  );
}

/** Where the option is named the same as at its place, the place says enough. */
function placeOf(origin: string, path: string): string {
  return origin.startsWith(`${path} (`) ? origin.slice(path.length + 2, -1) : origin;
}

function Value({ of }: { readonly of: unknown }) {
  if (of === HIDDEN) return <span class="quiet">hidden</span>;
  return <code class="value">{typeof of === 'string' ? of : JSON.stringify(of)}</code>;
}
