import type { Attempt } from '../attempt.js';
import type { Step } from '../layer.js';
import type { CallHandle, CallSink } from '../upstream-call.js';
import type { BrokerLink } from './broker-link.js';
import { MessageExchange } from './message-exchange.js';

/** Requests by message over the link of the picked broker. */
export class MessageTransport implements Step {
  start(attempt: Attempt, sink: CallSink<unknown>): CallHandle {
    const link = attempt.endpoint!.pool as BrokerLink<object>;
    const exchange = new MessageExchange(attempt, sink, link);
    link.take(exchange);
    return exchange;
  }
}
