import type { Observable } from 'rxjs';

// oxlint-disable-next-line typescript/no-explicit-any -- methods of any service
type Method = (request: any, ...rest: any[]) => unknown;

/** The methods of a service interface. */
export type GrpcMethodName<S> = { [M in keyof S]: S[M] extends Method ? M : never }[keyof S] & string;

/** The message a method takes. */
// oxlint-disable-next-line typescript/no-explicit-any -- what else it takes is not sent
export type GrpcRequest<S, M extends keyof S> = S[M] extends (request: infer R, ...rest: any[]) => unknown ? R : never;

/**
 * The message a method answers with; of a stream, one of them. Interfaces as generators write them are understood: methods that
 * return the message, a promise of it, or an Observable or async iterable of such messages.
 */
export type GrpcAnswer<S, M extends keyof S> = S[M] extends Method
  ? ReturnType<S[M]> extends Promise<infer T> | Observable<infer T> | AsyncIterable<infer T>
    ? T
    : ReturnType<S[M]>
  : never;
