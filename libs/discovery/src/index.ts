export { replicaId } from './advertised-host.js';
export { type Candidate, pickOfTwo } from './balancer.js';
export { Complaints } from './complaints.js';
export { describeConsulError, isRefused, policyRule } from './consul-error.js';
export { ConsulKey, type ConsulKeyParts, type KeyValue } from './consul-key.js';
export { ConsulSource, type ConsulSourceParts } from './consul.source.js';
export {
  CONSUL_VARIABLES,
  consulOptions,
  type ConsulOptions,
  consulOptionsFromEnv,
  type ConsulOptionsInput,
} from './consul.options.js';
export { DiscoveryEvents } from './discovery-events.js';
export { DiscoveryModule } from './discovery.module.js';
export { type DiscoveryOptions, type DiscoveryOptionsInput, discoveryOptions } from './discovery.options.js';
export type { Instance, Snapshot } from './instance.js';
export { InstanceSource } from './instance-source.js';
export type { DiscoveryLog } from './log.js';
export { nestLog } from './nest-log.js';
export { register, type RegisterOptions, Registration } from './registration.js';
export { replaceFile } from './replace-file.js';
export { SelfRegistration } from './self-registration.js';
export { StaticSource, type StaticSourceParts } from './static.source.js';
export { type Upstreams, UpstreamsError } from './upstreams-file.js';
export { type WatchOptions, watchOptions } from './watch.options.js';
export { WatchedFile } from './watched-file.js';
