/** Who hears what discovery has to say. Never gets a token. */
export interface DiscoveryLog {
  info(message: string): void;
  warn(message: string): void;
}

/** For whoever does not listen. */
export const silentLog: DiscoveryLog = { info: () => {}, warn: () => {} };
