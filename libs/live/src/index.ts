export { ConsulKeySource } from './consul.source.js';
export { MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH } from './document.js';
export { FileSource } from './file.source.js';
export { LastGoodFile } from './last-good-file.js';
export { LiveConfiguration, type LiveConfigurationParts, type LiveListener } from './live-configuration.js';
export { showLiveConfiguration } from './live-metrics.js';
export { type LiveOptions, liveOptions, type LiveOptionsInput, liveOptionsSchema } from './live-options.js';
export { type FoundDocument, LiveSource, type LiveSourceListener } from './live-source.js';
export type { InForce, LiveCondition, LiveState, RefusedDocument } from './live-state.js';
export {
  LIVE_CONFIGURATION_PATH,
  openLive,
  type OpenedLive,
  type OpenLiveParts,
  showOnManagement,
} from './open-live.js';
export { documentSchema } from './prepare-document.js';
