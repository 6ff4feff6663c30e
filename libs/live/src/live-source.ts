/** What lies at a source. */
export interface FoundDocument {
  readonly bytes: Buffer;
  /** The source's own count of its changes, where it has one: Consul's `ModifyIndex`. */
  readonly index: string | undefined;
}

/** Is told what a source finds. Called from the first look on, after every change, several of which may come as one. */
export interface LiveSourceListener {
  found(document: FoundDocument): void;
  /** There is no document. */
  missing(): void;
  /** @param reason  why nobody knows, in words that are safe to log */
  unreachable(reason: string): void;
}

/** Where a document lies that says how an app runs. A port: Consul's key-value store and a file implement it, one contract holds for both. */
export abstract class LiveSource {
  /** For people: `consul guichet/web/configuration`. */
  abstract readonly name: string;
  /** Begins to look. Once. */
  abstract follow(listener: LiveSourceListener): void;
  /** Looks no more. */
  abstract close(): Promise<void>;
}
