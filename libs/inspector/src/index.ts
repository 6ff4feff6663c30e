// Nest's internals, which may be evaluated first, need it and do not load it.
import 'reflect-metadata';
export { Executions } from './executions/executions.js';
export { InspectorModule, type InspectorParts } from './inspector.module.js';
export { type InspectorOptions, inspectorOptions } from './inspector-options.js';
