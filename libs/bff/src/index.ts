export { type BffOptions, type BffOptionsInput, bffOptionsSchema } from './bff-options.js';
export { PortError } from './boot-failure.js';
export { runBff } from './run-bff.js';
export { type Bff, type RunBffOptions, startBff } from './start-bff.js';
