export type { Instance, Snapshot } from './instance.js';
export { InstanceSource } from './instance-source.js';
