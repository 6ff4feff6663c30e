import type { Instance } from 'guichet/discovery';
import type { Clock, TimerWheel } from 'guichet/kernel';
import type { Step } from './layer.js';
import type { Connections } from './transports/connections.js';
import type { UpstreamSettings } from './upstream-settings.js';

/** What a protocol is opened with, once for each upstream that speaks it. */
export interface ProtocolParts {
  /** The upstream's name. */
  readonly upstream: string;
  readonly settings: UpstreamSettings;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** Says what operators must know, once each time it happens. */
  readonly warn: (message: string) => void;
}

/** A protocol as one upstream speaks it. */
export interface OpenProtocol {
  /** The innermost step of the upstream's stack. */
  readonly transport: Step;
  /** The same for exchanges that are handed through, `StreamRequest`s; undefined where the protocol hands nothing through. */
  readonly streams?: Step;
  /**
   * Makes the connections of an instance. What has several opens them as calls need them; what has one may open it at once.
   * @throws TypeError  if its address cannot be used
   */
  connect(instance: Instance): Connections;
}

/**
 * How the instances of an upstream are spoken to. The base class of its clients says it by a static `protocol`; an upstream has
 * one, whatever number of clients: they share its instances, limits and breaker.
 */
export interface Protocol {
  /** `http`, `grpc`, … */
  readonly name: string;
  open(parts: ProtocolParts): OpenProtocol;
}
