export type { Answer, AnswerReader } from './answer.js';
export { Attempt, type Caller } from './attempt.js';
export { type AttemptScore, attemptScore } from './attempt-score.js';
export { InjectUpstreamHttp, upstreamHttpToken } from './axios/inject-upstream-http.js';
export { UpstreamHttpError } from './axios/upstream-http-error.js';
export { UpstreamHttpService } from './axios/upstream-http.service.js';
export { Batch, batch, type BatchOptions } from './batch/batch.js';
export type { CallOptions, HeadOptions, IdentityChoice, RequestOptions, WriteOptions } from './call-options.js';
export type { DeclaredHeaders } from './declared-headers.js';
export { type CallingSection, DeprecatedCall, type DeprecatedCallUse } from './deprecation/deprecated-call.js';
export { Deprecated } from './deprecation/deprecated.decorator.js';
export { detachedContext, type DetachedOptions } from './detached-context.js';
export { Endpoint } from './endpoint.js';
export type { GraphqlOutcome } from './graphql/graphql-answer.js';
export { type GeneratedDocument, GraphqlDocument, graphqlDocument } from './graphql/graphql-document.js';
export type { GraphqlError } from './graphql/graphql-errors.js';
export { GraphqlService, type GraphqlServiceOptions } from './graphql/graphql-service.js';
export { type GraphqlCallOptions, type GraphqlMutationOptions, GraphqlUpstream } from './graphql/graphql-upstream.js';
export { GrpcService, type GrpcServiceDeclaration, type GrpcServiceFiles, grpcServiceOf } from './grpc/grpc-service.js';
export type { GrpcAnswer, GrpcMethodName, GrpcRequest } from './grpc/grpc-types.js';
export { type GrpcCallOptions, type GrpcCollectOptions, GrpcUpstream } from './grpc/grpc-upstream.js';
export type { HeadAnswer } from './head-answer.js';
export { HttpUpstream } from './http-upstream.js';
export type { CallIdentity } from './identity/call-identity.js';
export { IDENTITY_KINDS, type IdentityKind } from './identity/identity-kind.js';
export { type IdentitySubject, UpstreamIdentity } from './identity/upstream-identity.js';
export {
  LIVE_UPSTREAM_OPTIONS,
  type LiveUpstreamOptions,
  liveUpstreamOptionsSchema,
  OPTIONS_OF_A_CALL,
} from './live/live-upstream-options.js';
export { compileTemplate, fillTemplate, type PathTemplate } from './path-template.js';
export { type Layer, type Step, stack } from './layer.js';
export { type MessageCallOptions, MessageUpstream } from './messages/message-upstream.js';
export {
  MicroserviceClient,
  type MicroserviceClientOptions,
  type MicroserviceProxy,
} from './messages/microservice-client.js';
export { type MessagePattern, MicroserviceUpstream } from './messages/microservice-upstream.js';
export { type NatsCredentials, NatsService, type NatsServiceOptions } from './messages/nats-service.js';
export { NatsUpstream } from './messages/nats-upstream.js';
export { type Outcome, Passage } from './passage.js';
export type { LiteralPath, ParamsOption, PathParams, PathValue, PathWithoutParams } from './path-params.js';
export { type XmlCallOptions, XmlUpstream, type XmlWriteOptions } from './xml/xml-upstream.js';
export type { XmlElement, XmlValue } from './xml/write-xml.js';
export type { OpenProtocol, Protocol, ProtocolParts } from './protocol.js';
export type { Query, QueryValue } from './query-string.js';
export {
  type StreamAnswer,
  type StreamClient,
  type StreamLimits,
  type StreamRequest,
  UNCOLLECTED,
} from './stream-request.js';
export { SilenceTimer } from './transports/silence-timer.js';
export { type CallHandle, type CallSink, type Staleness, UpstreamCall } from './upstream-call.js';
export { UpstreamClient } from './upstream-client.js';
export {
  declarationOf as upstreamDeclarationOf,
  Upstream,
  type UpstreamClass,
  type UpstreamDeclaration,
} from './upstream.decorator.js';
export type { UpstreamModuleOptions } from './upstream-configs.js';
export { privately, varyWith } from './subsets/cohort-caching.js';
export { type CohortConfig, type CohortOptions } from './subsets/cohort-options.js';
export { DEFAULT_SUBSET, type SubsetConfig, type SubsetWeights } from './subsets/subset-options.js';
export { Subset } from './subsets/subset.js';
export { Subsets } from './subsets/subsets.js';
export { type Departure, type Rejection, UpstreamEvents } from './upstream-events.js';
export { type UpstreamConfig, type UpstreamOptions, upstreamOptionsSchema } from './upstream-options.js';
export { UpstreamRegistry } from './upstream-registry.js';
export type { HttpMethod, HttpRequest, UpstreamRequest } from './upstream-request.js';
export type { Connections, HttpConnections } from './transports/connections.js';
export { UpstreamRuntime } from './upstream-runtime.js';
export type { InstanceCondition, InstanceState } from './instance-state.js';
export { type SubsetState, type UpstreamReport, UpstreamState, type UpstreamTrouble } from './upstream-state.js';
export { UpstreamModule, type UpstreamRootAsyncOptions, type UpstreamRootOptions } from './upstream.module.js';
