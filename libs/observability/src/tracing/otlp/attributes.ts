// Of OpenTelemetry's semantic conventions those that are stable come from its package; these are not yet, and are copied, as it asks
// libraries to do. What the conventions have no word for begins with `guichet.`.

export const URL_TEMPLATE = 'url.template';
export const RESPONSE_BODY_SIZE = 'http.response.body.size';
export const PEER_SERVICE = 'peer.service';

export const REQUEST_ID = 'guichet.request_id';
export const DEPARTED = 'guichet.departed';

export const PAGE = 'guichet.page.name';
export const PAGE_OUTCOME = 'guichet.page.outcome';
export const PAGE_CODE = 'guichet.page.code';
export const PAGE_BUDGET = 'guichet.page.budget_ms';
export const PAGE_GUARDS = 'guichet.page.guards_ms';
export const CRITICAL_PATH = 'guichet.page.critical_path';
export const BOUND_BY_SECTION = 'guichet.page.bound_by.section';
export const BOUND_BY_UPSTREAM = 'guichet.page.bound_by.upstream';
export const BOUND_BY_CALL = 'guichet.page.bound_by.call';
export const SPANS_LEFT_OUT = 'guichet.page.spans_left_out';

export const SECTION = 'guichet.section.name';
export const SECTION_REQUIRED = 'guichet.section.required';
export const SECTION_STATE = 'guichet.section.state';
export const SECTION_REASON = 'guichet.section.reason';

export const UPSTREAM = 'guichet.upstream';
export const CALL_SUBSET = 'guichet.subset';
export const CALL_SUBSET_LEFT = 'guichet.subset.left';
export const CALL_SHARED = 'guichet.call.shared';
export const CALL_QUEUED = 'guichet.call.queued';
export const CALL_CACHED = 'guichet.call.cached';
export const CALL_RETRY_REFUSED = 'guichet.call.retry_refused';

export const ATTEMPT_NUMBER = 'guichet.attempt.number';
export const ATTEMPT_KIND = 'guichet.attempt.kind';
/** Of an answer that was handed on as it came: milliseconds until its head was there. */
export const ATTEMPT_HEAD = 'guichet.attempt.head_ms';
/** How a call or an attempt ended. */
export const OUTCOME = 'guichet.outcome';
/** It was still under way when the page was over: its end is the page's. */
export const OUTLIVED = 'guichet.outlived_page';
