export { EventLoopHealth } from './event-loop-health.js';
export { type HealthOptions, healthOptionsSchema } from './health-options.js';
export { HealthModule } from './health.module.js';
export { Lifecycle, type LifecyclePhase } from './lifecycle.js';
export { type HealthReport, Readiness } from './readiness.js';
