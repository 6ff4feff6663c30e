import { SpanKind } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import type { SectionTrace } from 'guichet/kernel';
import type { AttributeSink } from './attribute-sink.js';
import { SECTION, SECTION_REASON, SECTION_REQUIRED, SECTION_STATE } from './attributes.js';
import { ToldSpan, type TraceOrigin } from './told-span.js';

/** One section of a page: from when its last need was there. One that was skipped took no time. */
export class SectionSpan extends ToldSpan {
  constructor(
    trace: TraceOrigin,
    spanId: string,
    parentSpanId: string,
    private readonly section: SectionTrace,
    private readonly isRequired: boolean,
  ) {
    super(trace, spanId, parentSpanId);
  }

  get name(): string {
    return `section ${this.section.name}`;
  }

  get kind(): SpanKind {
    return SpanKind.INTERNAL;
  }

  get isError(): boolean {
    return this.section.outcome === 'failed';
  }

  get startedAt(): number {
    return this.section.launchedAt ?? this.endedAt;
  }

  get endedAt(): number {
    return this.section.endedAt ?? this.trace.until;
  }

  tell(to: AttributeSink): void {
    const { name, outcome, reason } = this.section;
    to.text(SECTION, name);
    to.flag(SECTION_REQUIRED, this.isRequired);
    if (outcome !== undefined) to.text(SECTION_STATE, outcome);
    if (reason === undefined) return;
    to.text(SECTION_REASON, reason);
    if (this.isError) to.text(ATTR_ERROR_TYPE, reason);
  }
}
