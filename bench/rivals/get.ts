/**
 * Asks an upstream, as the hand-written server hands it to its page.
 * @param path    with its query
 * @param done    gets the answer, parsed
 * @param failed  gets whatever went wrong
 */
export type Get = <T>(service: string, path: string, done: (value: T) => void, failed: Failed) => void;

/**
 * Sends an upstream JSON, as {@link Get}.
 * @param body  JSON text
 */
export type Post = <T>(service: string, path: string, body: string, done: (value: T) => void, failed: Failed) => void;

/** Told once that a page cannot be served. */
export type Failed = (error: Error) => void;
