import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answer } from '../answer';
import { loginUrl } from '../viewer';
import { Icon } from './icon';

/** One thing the visitor can do, and how it went. */
export interface Command<T> {
  readonly busy: boolean;
  readonly outcome: Answer<T> | undefined;
  /** Does it. `key` names this wish: a second try after a lost answer carries the same one, so nothing is done twice. */
  readonly send: (act: (key: string) => Promise<Answer<T>>) => void;
}

/** A command that has not been sent yet. */
export function useCommand<T extends object>(): Command<T> {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Answer<T> | undefined>(undefined);
  const key = useRef<string | undefined>(undefined);

  async function carryOut(act: (key: string) => Promise<Answer<T>>): Promise<void> {
    key.current ??= crypto.randomUUID();
    setBusy(true);
    const answer = await act(key.current);
    // Only an answer without doubt ends the wish: after anything else the order may stand, and a retry must be the same one.
    const isSettled = answer.kind === 'page' || (answer.problem.status >= 400 && answer.problem.status < 500);
    if (isSettled) key.current = undefined;
    setOutcome(answer);
    setBusy(false);
  }

  return { busy, outcome, send: act => void carryOut(act) };
}

interface CommandOutcomeProps<T> {
  readonly command: Command<T>;
  /** What is to be said once it is done. */
  readonly done: (payload: T) => string;
}

/** Says how a command went, where it was given. */
export function CommandOutcome<T>({ command: { outcome }, done }: CommandOutcomeProps<T>): VNode {
  return (
    <div class="outcome" role="status">
      {outcome?.kind === 'page' && (
        <p class="outcome-done">
          <Icon name="check" />
          {done(outcome.payload)}
        </p>
      )}
      {outcome?.kind === 'problem' && (
        <p class="outcome-failed">
          <Icon name="info" />
          <span>
            {outcome.problem.status === 401 ? (
              <>
                <strong>The counter must know who you are.</strong>{' '}
                <a href={loginUrl()} data-outside>
                  Log in
                </a>
                , then try again.
              </>
            ) : (
              <>
                <strong>{outcome.problem.title}.</strong> {outcome.problem.detail}
              </>
            )}
            {outcome.problem.status !== 401 && outcome.problem.requestId !== undefined && (
              <small>
                {' '}
                Request <code>{outcome.problem.requestId}</code>
              </small>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
