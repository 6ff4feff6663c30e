import { useLive } from '../live';
import { DataTable } from '../parts/data-table';
import { Blank } from '../parts/facts';
import type { LimitsView as Limits } from '../server';
import { useRead } from '../use-read';
import { span } from '../words';

/** All that keeps requests out, from the door to the upstreams. */
export function LimitsView() {
  const { state, upstreams } = useLive();
  const { value, trouble } = useRead('limits', { everyMs: state === 'paused' ? 0 : 2_000 });
  if (value === undefined) return <Frame>{<Blank trouble={trouble} />}</Frame>;
  return (
    <Frame>
      <Throttling of={value} />
      <Door of={value.door} />
      <section class="panel" aria-labelledby="bulkheads">
        <h2 id="bulkheads">Bulkheads</h2>
        <p class="quiet">
          Calls of one upstream under way and waiting, so that one that hangs holds no more than that.
        </p>
        <DataTable
          caption="Bulkheads by upstream"
          columns={['Upstream', 'Under way', 'May be', 'Waiting', 'May wait']}
          rows={(upstreams ?? []).map(({ name, bulkhead: { active, limit, queued, maxQueued } }) => [
            name,
            active,
            limit,
            queued,
            maxQueued,
          ])}
          numbers={[1, 2, 3, 4]}
        />
      </section>
    </Frame>
  );
}

function Frame({ children }: { readonly children: preact.ComponentChildren }) {
  return (
    <>
      <div class="title">
        <h1>Limits</h1>
        <p>What keeps requests out, in the order they meet it.</p>
      </div>
      <div class="stack">{children}</div>
    </>
  );
}

function Throttling({ of: { throttling, counts } }: { readonly of: Limits }) {
  return (
    <section class="panel" aria-labelledby="throttling">
      <h2 id="throttling">Throttling</h2>
      {throttling === null ? (
        <p class="quiet">This app has no limits on how often anybody comes.</p>
      ) : (
        <>
          <p class="quiet">
            {throttling.store === 'redis'
              ? `Counted in Redis for all replicas; while it fails, ${throttling.whenRedisFails === 'open' ? 'each counts for itself' : 'requests are refused'}.`
              : 'Counted in memory: each replica counts for itself.'}
          </p>
          <DataTable
            caption="Limits on how often anybody comes"
            columns={['Limit', 'Counts each', 'Units', 'In', 'Then shut out for']}
            rows={throttling.limits.map(({ name, tracker, limit, windowMs, blockMs }) => [
              name,
              tracker,
              limit.toLocaleString('en'),
              span(windowMs),
              blockMs === 0 ? 'the rest of it' : span(blockMs),
            ])}
            numbers={[2]}
          />
        </>
      )}
      {counts.length > 0 && (
        <>
          <h3>Counted</h3>
          <DataTable
            caption="What throttling has counted"
            columns={['Figure', 'Of', 'Value']}
            rows={counts.map(({ help, labels, value }) => [
              help,
              Object.entries(labels)
                .map(([name, label]) => `${name} ${label}`)
                .join(', ') || 'all',
              value.toLocaleString('en'),
            ])}
            numbers={[2]}
          />
        </>
      )}
    </section>
  );
}

function Door({ of: door }: { readonly of: Limits['door'] }) {
  if (door === null || door.gates.length === 0)
    return (
      <section class="panel" aria-labelledby="door">
        <h2 id="door">The door</h2>
        <p class="quiet">Nothing is shed: every request for a page is let in.</p>
      </section>
    );
  return (
    <section class="panel" aria-labelledby="door">
      <h2 id="door">The door</h2>
      <p class="quiet">
        {door.inFlight} of {Math.floor(door.limit).toLocaleString('en')} pages under way in all. A page whose upstreams
        cannot do more is turned away alone.
      </p>
      <DataTable
        caption="Places by page"
        columns={['Page', 'Priority', 'Under way', 'May be', 'Turned away']}
        rows={door.gates.map(({ page, priority, inFlight, limit, shed }) => [page, priority, inFlight, limit, shed])}
        numbers={[2, 3, 4]}
      />
    </section>
  );
}
