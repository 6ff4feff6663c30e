export {
  FakeGrpcUpstream,
  fakeGrpcUpstream,
  type GrpcHandler,
  GrpcStatus,
  grpcStatus,
  type ReceivedGrpcCall,
} from './fake-grpc-upstream.js';
export {
  FakeNatsUpstream,
  fakeNatsUpstream,
  natsError,
  type NatsHandler,
  NatsReply,
  natsReply,
  type ReceivedNatsRequest,
} from './fake-nats-upstream.js';
export { freePort } from './free-port.js';
export { ManualClock } from './manual-clock.js';
export {
  delayed,
  drip,
  endless,
  FakeAnswer,
  hang,
  reply,
  replyRaw,
  reset,
  resetInBody,
} from './fake-upstream-answer.js';
export {
  fakeUpstream,
  FakeUpstream,
  type FakeRoutes,
  type ReceivedRequest,
  type RouteHandler,
} from './fake-upstream.js';
export { exampleRequest, layerContract, type LayerUnderTest, ManualStep, RecordingSink } from './layer-contract.js';
export { pageHarness, type PageHarness, type PageHarnessOptions } from './page-harness.js';
export type { RunningFakes, UpstreamFakes } from './page-harness-upstreams.js';
export type { PageAnswer, PageProblem, PageRequest } from './page-harness-request.js';
export { describeWithRedis, RealRedis } from './real-redis.js';
export { hostileTokens, malformedAuthorizations, signedByOther } from './hostile-tokens.js';
export { signPageTrace } from 'guichet/observability';
export { compact, encode, TestIssuer } from './test-issuer.js';
