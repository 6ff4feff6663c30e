import type { AskersView } from '../server';
import { count } from '../words';
import { DataTable } from './data-table';

/** What stands for who cannot be told apart. */
const WORDS: Readonly<Record<string, string>> = {
  none: 'nobody signed in',
  unknown: 'a token that names no program',
  other: 'others',
};

/** A program's name, in words where it has none. */
export function clientWords(client: string): string {
  return Object.hasOwn(WORDS, client) ? WORDS[client]! : client;
}

/** A version, in words where none was said. */
export function versionWords(version: string): string {
  if (version === 'none') return 'not said';
  return version === 'other' ? 'others' : version;
}

/** Who asked for something deprecated since the app's start, the most frequent first. */
export function Askers({ of, what }: { readonly of: AskersView | null; readonly what: string }) {
  if (of === null) return <p class="quiet">This app counts nothing.</p>;
  if (of.requests === 0) return <p class="quiet">Nobody, since the app’s start.</p>;
  const { omitted } = of;
  return (
    <>
      <DataTable
        caption={`Who still asks for ${what}`}
        columns={['Program', 'Version', 'Requests', 'Of all']}
        rows={of.clients.map(({ client, version, requests }) => [
          <span class="name">{clientWords(client)}</span>,
          versionWords(version),
          requests.toLocaleString('en'),
          `${Math.round((requests / of.requests) * 100)} %`,
        ])}
        numbers={[2, 3]}
      />
      <p class="quiet note">
        {omitted.clients > 0 &&
          `${count(omitted.clients, 'further one', 'further ones')} asked ${count(omitted.requests, 'time')}. `}
        {count(of.requests, 'request')} since the app’s start. A program is known by its token, a version by what the
        program says.
      </p>
    </>
  );
}
