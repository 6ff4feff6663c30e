import { InvalidInput, PageFailed, Retired, Shed, type TraceCode, UpstreamError } from 'guichet/kernel';

/** @returns what metrics and traces call whatever ended a page or a section: `bug` for what nobody foresaw */
export function traceCode(error: unknown): TraceCode {
  if (error instanceof PageFailed) return error.failures[0].error.code;
  if (error instanceof UpstreamError) return error.code;
  if (error instanceof Shed) return 'shed';
  if (error instanceof Retired) return 'retired';
  return error instanceof InvalidInput ? 'invalid-input' : 'bug';
}
