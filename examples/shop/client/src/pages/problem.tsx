import type { VNode } from 'preact';
import { capitalised, type Problem } from '../problem';
import { reasonInWords } from '../section-state';
import { NOTHING_ASKED, useShown } from '../use-shown';
import type { PageProps } from './page-props';
import { PageTitle } from '../parts/page-title';
import { loginUrl } from '../viewer';

interface ProblemPageProps {
  readonly problem: Problem;
  /** What was wanted, for the title when it does not exist: "film". */
  readonly wanted: string;
  readonly asking: boolean;
  readonly onRetry: () => void;
}

/** A page that could not be had: what happened, what to tell whoever can help, and the way on. */
export function ProblemPage({ problem, wanted, asking, onRetry }: ProblemPageProps): VNode {
  const missing = problem.status === 404 || problem.status === 410;
  const isStranger = problem.status === 401;
  const mayPass = problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500;
  return (
    <div class="problem" role="alert">
      <p class="problem-status">{problem.status === 0 ? 'No answer' : problem.status}</p>
      <PageTitle>
        {missing ? `We don’t have this ${wanted}` : isStranger ? 'Who is at the counter?' : problem.title}
      </PageTitle>
      <p class="problem-detail">
        {missing
          ? 'It may have been taken off the shelves, or the address has a slip in it.'
          : isStranger
            ? 'This page is yours alone. Log in, and you come back here.'
            : (problem.detail ?? 'Something went wrong behind the counter that this page cannot do without.')}
      </p>
      {!missing && problem.failures.length > 0 && (
        <ul class="problem-failures">
          {problem.failures.map(({ section, code }) => (
            <li key={section}>
              <strong>{capitalised(section)}</strong> {reasonInWords(code)} <code>{code}</code>
            </li>
          ))}
        </ul>
      )}
      <p class="actions">
        {isStranger && (
          <a class="button button-first" href={loginUrl()} data-outside>
            Log in
          </a>
        )}
        {mayPass && (
          <button type="button" class="button button-first" onClick={onRetry} disabled={asking}>
            {asking ? 'Trying…' : 'Try again'}
          </button>
        )}
        <a class="button" href="/">
          Back to the shop window
        </a>
      </p>
      {problem.retryAfterS !== undefined && (
        <p class="quiet">The counter asks for {problem.retryAfterS} s of patience before the next try.</p>
      )}
      {problem.requestId !== undefined && (
        <p class="problem-request">
          Request <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  );
}

/** An address at which the store has nothing. */
export function NowherePage({ onShown }: PageProps): VNode {
  useShown(NOTHING_ASKED, onShown, () => 'No such shelf');
  return (
    <div class="problem">
      <p class="problem-status">404</p>
      <PageTitle>There is no such shelf</PageTitle>
      <p class="problem-detail">Nothing stands at this address. The search above knows every film by its title.</p>
      <p class="actions">
        <a class="button button-first" href="/">
          Back to the shop window
        </a>
      </p>
    </div>
  );
}
