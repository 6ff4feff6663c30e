import type { Dispatcher } from 'undici';

/** The connections to one instance, of whatever protocol: its transport knows what more they can do. */
export interface Connections {
  /** Lets what is under way finish, then closes them all. */
  close(): Promise<void>;
  /** Closes them all at once; what is under way fails. */
  destroy(): Promise<void>;
}

/** The connections to one instance by HTTP. */
export interface HttpConnections extends Connections {
  /** Sends a request over one of them, or lets it wait for one. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
  /** The same over connections of their own, as many as are asked for: an exchange may last as long as its client takes. */
  dispatchStream(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
}
