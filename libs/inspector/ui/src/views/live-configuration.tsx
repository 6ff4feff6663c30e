import { DataTable } from '../parts/data-table';
import { Facts } from '../parts/facts';
import { Tag, type Tone } from '../parts/tag';
import type { LiveConfigurationView as Live } from '../server';
import { useRead } from '../use-read';
import { count, span } from '../words';

const TONES: Readonly<Record<Live['condition'], Tone>> = {
  'in-force': 'good',
  none: 'idle',
  waiting: 'idle',
  invalid: 'bad',
  missing: 'warn',
};

const WORDS: Readonly<Record<Live['condition'], string>> = {
  'in-force': 'in force',
  none: 'no document',
  waiting: 'waiting',
  invalid: 'invalid document',
  missing: 'document gone',
};

/** Which document the app goes by, since when, and what is wrong with one that it does not go by. Nothing where there is no live configuration. */
export function LiveConfiguration() {
  const { value } = useRead('live-configuration', { everyMs: 2_000 });
  if (value === undefined || value === null) return null;
  const { source, condition, unreachable, inForce, refused } = value;
  return (
    <section class="panel" aria-labelledby="live-configuration">
      <h2 id="live-configuration">Live configuration</h2>
      <Facts
        of={[
          ['Source', <code>{source}</code>],
          ['State', <Tag tone={TONES[condition]}>{WORDS[condition]}</Tag>],
          ...(unreachable === undefined ? [] : ([['Cannot be read', <Tag tone="warn">{unreachable}</Tag>]] as const)),
          ['Version', inForce.version === null ? 'none: as declared' : <code>{inForce.version}</code>],
          ['In force for', span(Math.max(0, Date.now() - inForce.sinceEpochMs))],
          ...(inForce.from === 'last-good' ? ([['Found', 'by an earlier process']] as const) : []),
        ]}
      />
      {refused !== undefined && (
        <>
          <p role="alert">
            Version <code>{refused.version}</code> changed nothing:{' '}
            {count(refused.problems.length + refused.omitted, 'problem')}.
          </p>
          <DataTable
            isEven
            caption="What is wrong with the document"
            columns={['Where', 'What', 'Value', 'Mend']}
            rows={refused.problems.map(({ path, message, value: found, mend }) => [
              <code>{path === '' ? 'the whole' : path}</code>,
              message,
              found === undefined ? '' : <code class="value">{found}</code>,
              mend,
            ])}
          />
        </>
      )}
    </section>
  );
}
