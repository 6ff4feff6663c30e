// Nest's internals, which may be evaluated first, need it and do not load it.
import 'reflect-metadata';
export { compilePage, type Compiled } from './compile.js';
export { Door } from './door/door.js';
export { EventLoopDelay, ProcessEventLoopDelay } from './door/event-loop-delay.js';
export type { PageGate } from './door/page-gate.js';
export type { Priority } from './door/priority.js';
export { type SheddingOptions, sheddingOptionsSchema } from './door/shedding.options.js';
export { type Device } from './device.js';
export { body, device, headers, locale, params, principal, query } from './inputs.js';
export { inspectPages } from './inspect-pages.js';
export { type PagesSettings, pageSettingsSchema, sectionSettingsSchema } from './live/page-settings.js';
export type { Input, Internal, Loaded, LoadContext, Maybe, PageNode, Presence, Section } from './node.js';
export { type DescribeOptions, describePage, type OpenApiOperation } from './describe-page.js';
export { addPagesToOpenApi, type OpenApiDocument } from './openapi.js';
export {
  Command,
  type CommandMethod,
  type CommandOptions,
  declarationOf,
  Page,
  type PageDeclaration,
  type PageOptions,
  type ShapeSchema,
} from './page.decorator.js';
export { PageModule } from './page.module.js';
export { PageRegistry } from './page.registry.js';
export type { EnvelopeOf, PayloadOf, SectionsOf } from './page-types.js';
export type { PagePlan, SectionPlan } from './plan.js';
export { type SectionState, type SectionStates } from './section-state.js';
export { type FallbackOptions, internal, maybe, optional, required, type SectionOptions } from './sections.js';
