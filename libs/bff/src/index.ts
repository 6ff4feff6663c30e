// Nest's internals, which may be evaluated first, need it and do not load it.
import 'reflect-metadata';
export { type BffOptions, type BffOptionsInput, bffOptionsSchema } from './bff-options.js';
export type { StopOptions } from './drain/drain.js';
export { type DrainOptions, drainOptionsSchema } from './drain/drain-options.js';
export { PortError } from './boot-failure.js';
export { runBff } from './run-bff.js';
export { type Bff, type RunBffOptions, startBff } from './start-bff.js';
