/** A method: from its message to the one that answers it. Messages are plain, names in lower camel case, enumerations by name. */
// oxlint-disable-next-line typescript/no-explicit-any -- the proto file says what it is
export type GrpcMethod = (message: any) => object;

/** A service over gRPC: its name in Consul, its contract and what it does. */
export interface GrpcServiceDefinition {
  readonly name: string;
  readonly proto: URL;
  /** With its package: `shop.pricing.v1.Pricing`. */
  readonly service: string;
  /** By name; each throws a `Refusal` for every answer that is none. */
  readonly methods: Readonly<Record<string, GrpcMethod>>;
}
