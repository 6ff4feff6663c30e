export { main, type Surroundings } from './command/main.js';
export { filtered, type MapFilter } from './filter.js';
export { MapError } from './map-error.js';
export type * from './model.js';
export { mapMermaid } from './print/mermaid.js';
export { mapText } from './print/text.js';
export { type MapOptions, readMap } from './read-map.js';
