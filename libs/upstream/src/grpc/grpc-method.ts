/** One method of a gRPC service, as its proto file declares it. */
export interface GrpcMethod {
  /** As messages and metrics have it: `shop.pricing.v1.Pricing/Quote`. */
  readonly fullName: string;
  /** As it is called: `/shop.pricing.v1.Pricing/Quote`. */
  readonly path: string;
  readonly isRequestStream: boolean;
  readonly isAnswerStream: boolean;
  /** Whether the proto file says that it changes nothing (`idempotency_level = NO_SIDE_EFFECTS`). */
  readonly isSafe: boolean;
  /** Whether the proto file says that it may be repeated (`IDEMPOTENT`, or no side effects). */
  readonly isRepeatable: boolean;
  /** @throws Error  if the value is no such message */
  encode(message: object): Buffer;
  /** @throws Error  if the bytes are no such message */
  decode(bytes: Buffer): unknown;
}

/** The methods of one service, by name; also by their name in lower camel case, as generated types have it. */
export type GrpcMethods = ReadonlyMap<string, GrpcMethod>;
