import type { ExchangeView } from '../server';
import { Axis, CallRows, Row } from './waterfall-rows';

/** One exchange, drawn over time: guards, what was asked of the upstream, attempts. */
export function ExchangeWaterfall({ exchange }: { readonly exchange: ExchangeView }) {
  const { call } = exchange;
  const wholeMs = Math.max(exchange.durationMs, 0.1);
  const beforeMs = call?.startMs ?? exchange.durationMs;
  return (
    <div class="waterfall">
      <Axis wholeMs={wholeMs} note="From its arrival" />
      <ol>
        <Row kind="guards" label="Guards and limits" startMs={0} durationMs={beforeMs} tone="plain" wholeMs={wholeMs} />
        {call && <CallRows call={call} wholeMs={wholeMs} />}
      </ol>
    </div>
  );
}
