import { HttpException } from '@nestjs/common';
import {
  InvalidInput,
  isRefusal,
  PageFailed,
  PROBLEM_TABLE,
  problemKind,
  type ProblemKind,
  Retired,
  Shed,
  UpstreamError,
} from 'guichet/kernel';
import { declaredFields } from './declared-fields.js';
import { httpProblemKind } from './http-problem-table.js';
import { type Problem, problem } from './problem.js';

/** What becomes of something that was thrown. */
export interface Explanation {
  /** What the client gets. */
  readonly problem: Problem;
  /** Seconds after which asking again makes sense, where the client should wait. */
  readonly retryAfterSeconds?: number;
  /** How loud the log is about it; a bug is an `error` with its stack. */
  readonly level: ProblemKind['level'];
  readonly isBug: boolean;
}

/** A day; an upstream that asks for more is not believed. */
const MAX_RETRY_AFTER_SECONDS = 86_400;
const MAX_INPUT_ISSUES = 50;
const MAX_DETAIL_LENGTH = 500;
/** Members of a Nest exception's object that are told otherwise here, or not at all. */
const NEST_MEMBERS = new Set(['statusCode', 'message', 'error', 'type', 'status', 'instance', 'requestId', 'failures']);

/**
 * Finds out what the client may know of an error.
 * @param thrown     anything
 * @param requestId  the request it ended
 * @param isCommand  whether the request asked for a change (not GET or HEAD)
 */
export function explain(thrown: unknown, requestId: string, isCommand: boolean): Explanation {
  if (thrown instanceof PageFailed) {
    const failures = thrown.failures.map(({ section, error }) => ({ section, code: error.code }));
    const explained = explainUpstream(thrown.failures[0].error, requestId, isCommand);
    return { ...explained, problem: { ...explained.problem, failures } };
  }
  if (thrown instanceof UpstreamError) return explainUpstream(thrown, requestId, isCommand);
  if (thrown instanceof Shed) {
    const { title, status, level } = PROBLEM_TABLE.shed;
    const wait = retryAfterSeconds(thrown.retryAfterMs);
    return { problem: problem('shed', title, status, requestId), retryAfterSeconds: wait, level, isBug: false };
  }
  if (thrown instanceof Retired) {
    const base = problem('retired', 'This has been retired', 410, requestId);
    const { successor } = thrown;
    return { problem: successor === undefined ? base : { ...base, successor }, level: 'debug', isBug: false };
  }
  if (thrown instanceof InvalidInput) {
    const base = problem('invalid-input', 'The request does not fit what is expected', 400, requestId);
    const errors = thrown.issues.slice(0, MAX_INPUT_ISSUES).map(({ in: where, path, message }) => ({
      in: where,
      path,
      message,
    }));
    return { problem: { ...base, errors }, level: 'debug', isBug: false };
  }
  if (thrown instanceof HttpException) return explainHttp(thrown, requestId);
  const { code, title } = httpProblemKind(500);
  return { problem: problem(code, title, 500, requestId), level: 'error', isBug: true };
}

function explainUpstream(error: UpstreamError, requestId: string, isCommand: boolean): Explanation {
  const kind = problemKind(error, isCommand);
  const base = problem(error.code, kind.title, kind.status, requestId);
  return {
    problem: isRefusal(error, isCommand) ? { ...base, ...declaredFields(error.body) } : base,
    ...(kind.status === 503 && { retryAfterSeconds: retryAfterSeconds(error.retryAfterMs) }),
    level: kind.level,
    isBug: false,
  };
}

function retryAfterSeconds(retryAfterMs = 0): number {
  return Math.min(Math.max(Math.ceil(retryAfterMs / 1000), 1), MAX_RETRY_AFTER_SECONDS);
}

/**
 * An exception whose object carries a `code` speaks for itself: `code`, `title`, `detail` and its other members are
 * sent. Of every other one below 500 the message is sent as `detail`, unless Nest or the HTTP adapter wrote it.
 */
function explainHttp(exception: HttpException, requestId: string): Explanation {
  const status = exception.getStatus();
  const known = httpProblemKind(status);
  const body = exception.getResponse();
  const said = typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const isBug = status === 500;
  const wait = waitOf(exception);
  const level = isBug ? 'error' : status > 500 ? 'warn' : 'debug';
  if (typeof said['code'] === 'string') {
    const { code, title, ...members } = said;
    const base = problem(code, typeof title === 'string' ? title : known.title, status, requestId);
    const sent = Object.fromEntries(Object.entries(members).filter(([name]) => !NEST_MEMBERS.has(name)));
    return { problem: { ...base, ...sent }, ...wait, level, isBug };
  }
  const base = problem(known.code, known.title, status, requestId);
  const detail = status < 500 ? ownWords(exception) : undefined;
  return { problem: detail === undefined ? base : { ...base, detail }, ...wait, level, isBug };
}

/** An exception may say by a member `retryAfterSeconds` when asking again makes sense. */
function waitOf(exception: HttpException): { retryAfterSeconds?: number } {
  const { retryAfterSeconds: seconds } = exception as { retryAfterSeconds?: unknown };
  return typeof seconds === 'number' ? { retryAfterSeconds: retryAfterSeconds(seconds * 1000) } : {};
}

function ownWords(exception: HttpException): string | undefined {
  // With a cause it was made of a parser's error, which may quote what was sent; "Cannot GET /x" is Nest's.
  if (exception.cause !== undefined || /^Cannot [A-Z]+ \//.test(exception.message)) return undefined;
  const body = exception.getResponse();
  // `new NotFoundException()` says only its own name, and then its body has no `error`.
  const message =
    typeof body === 'object' ? ('error' in body ? (body as { message?: unknown }).message : undefined) : body;
  const words = Array.isArray(message) ? message.join('; ') : message;
  return typeof words === 'string' && words !== '' ? words.slice(0, MAX_DETAIL_LENGTH) : undefined;
}
