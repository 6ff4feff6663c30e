import { DataTable } from '../parts/data-table';
import { CallName, EndingTag, When } from '../parts/ending';
import { Tag } from '../parts/tag';
import type { PageView } from '../server';
import { NONE } from '../words';

const PLACES = { answer: 'answer', body: 'body', path: 'path', query: 'query', header: 'headers' } as const;

/** What of a page is deprecated besides itself: fields of its answer and inputs, and calls that its sections make. */
export function DeprecatedParts({ page: { name, sections, deprecatedFields } }: { readonly page: PageView }) {
  const calls = sections.flatMap(section => section.deprecatedCalls.map(call => ({ section: section.name, call })));
  if (calls.length === 0 && deprecatedFields.length === 0) return null;
  return (
    <>
      <h3>Deprecated in it</h3>
      <DataTable
        caption={`What is deprecated in ${name}`}
        columns={['Where', 'What', 'State', 'End', 'Instead']}
        rows={[
          ...calls.map(({ section, call }) => [
            <span class="what">{section}</span>,
            <span>
              call of <CallName of={call} />
            </span>,
            <EndingTag of={call} />,
            <When at={call.sunset} inMs={call.sunsetInMs} />,
            call.successor ?? NONE,
          ]),
          ...deprecatedFields.map(({ in: place, path, description }) => [
            <code class="what">{path}</code>,
            `field of the ${PLACES[place]}`,
            <span class="whole">
              <Tag tone="warn">deprecated</Tag>
            </span>,
            NONE,
            description ?? NONE,
          ]),
        ]}
      />
    </>
  );
}
