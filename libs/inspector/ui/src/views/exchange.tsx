import { useEffect, useRef } from 'preact/hooks';
import { addressOf } from '../location';
import { ExchangeWaterfall } from '../parts/exchange-waterfall';
import { Blank, Facts } from '../parts/facts';
import { type ExchangeView, readExchange } from '../server';
import { useAsked } from '../use-read';
import { bodies, clock, exchangeVerdict, ms, NONE } from '../words';
import { ExchangeOutcome } from './exchange-outcome';

/** One exchange: which instances were asked, and what came of each attempt. */
export function Exchange({ id, back }: { readonly id: number; readonly back: string }) {
  const { value, trouble } = useAsked(() => readExchange(id), `exchanges/${id}`);
  const wayBack = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // It stands above the list it was chosen from.
    wayBack.current?.focus();
  }, [id]);
  return (
    <section class="panel" aria-labelledby="exchange-name">
      <a class="way-back" href={back} ref={wayBack}>
        ← All exchanges
      </a>
      {value === undefined ? <Blank trouble={trouble} /> : <Told exchange={value} />}
    </section>
  );
}

function Told({ exchange }: { readonly exchange: ExchangeView }) {
  const { route, method, headMs, durationMs, isLasting, endedAtEpochMs, requestId, traceId } = exchange;
  return (
    <>
      <div class="panel-head">
        <h2 id="exchange-name">
          <code>{route}</code>
        </h2>
        <ExchangeOutcome of={exchange} />
        <a href={addressOf('routes', route)}>Its route</a>
      </div>
      <p class="verdict">{exchangeVerdict(exchange)}</p>
      <Facts
        of={[
          ['Method', <code>{method}</code>],
          ['To the head', headMs === undefined ? NONE : ms(headMs)],
          ['In all', isLasting ? `${ms(durationMs)}, lasting` : ms(durationMs)],
          ['Bodies', bodies(exchange)],
          ['Ended', clock(endedAtEpochMs)],
          ['Request', <code>{requestId}</code>],
          ['Trace', <code>{traceId ?? NONE}</code>],
        ]}
      />
      <ExchangeWaterfall exchange={exchange} />
    </>
  );
}
