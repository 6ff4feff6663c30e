import { grpcServiceOf, type UpstreamClass, upstreamDeclarationOf } from 'guichet/upstream';
import { type FakeGrpcUpstream, fakeGrpcUpstream, type GrpcHandler } from './fake-grpc-upstream.js';
import { type FakeUpstream, fakeUpstream, type RouteHandler } from './fake-upstream.js';

type Route = `${string} ${string}`;

/**
 * By the upstream's name, what its fake answers: routes where it is asked by HTTP (`'GET /films/:id'`, `'POST /graphql'`), each
 * handler typed by its own route; methods where its client is one by gRPC (`GetQuote`).
 */
export type UpstreamFakes<U> = {
  readonly [Name in keyof U]: {
    readonly [Key in keyof U[Name]]: Key extends Route ? RouteHandler<Key> : GrpcHandler;
  };
};

/** The fakes by name: of what {@link UpstreamFakes} says, or of names alone, which are all by HTTP. */
export type RunningFakes<U> = [U] extends [PropertyKey]
  ? Readonly<Record<U, FakeUpstream>>
  : { readonly [Name in keyof U]: FakeOf<keyof U[Name]> };

type FakeOf<Key> = [Key] extends [never] ? FakeUpstream : [Key] extends [Route] ? FakeUpstream : FakeGrpcUpstream;

/** A fake, whatever it speaks. */
export type AnyFake = FakeUpstream | FakeGrpcUpstream;

/**
 * Starts the fake of each upstream: what it speaks its client's class says, and by gRPC also which proto files.
 * @param clients  of the page
 */
export async function startFakes(
  handlers: Readonly<Record<string, Readonly<Record<string, RouteHandler | GrpcHandler>>>>,
  clients: readonly UpstreamClass[],
): Promise<Readonly<Record<string, AnyFake>>> {
  const started = Object.entries(handlers).map(async ([name, ofUpstream]) => {
    const client = clients.find(each => upstreamDeclarationOf(each)?.name === name);
    const service = client && grpcServiceOf(client);
    const fake = service
      ? await fakeGrpcUpstream(service.name, service, ofUpstream as Readonly<Record<string, GrpcHandler>>)
      : await fakeUpstream(ofUpstream as Readonly<Record<string, RouteHandler>>);
    return [name, fake] as const;
  });
  return Object.fromEntries(await Promise.all(started));
}
