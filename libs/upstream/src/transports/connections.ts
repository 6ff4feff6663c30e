import type { Dispatcher } from 'undici';

/** The connections to one instance. */
export interface Connections {
  /** Sends a request over one of them, or lets it wait for one. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
  /** Lets what is under way finish, then closes them all. */
  close(): Promise<void>;
  /** Closes them all at once; what is under way fails. */
  destroy(): Promise<void>;
}
