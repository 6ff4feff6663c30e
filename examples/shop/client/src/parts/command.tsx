import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answer } from '../answer';
import type { Problem } from '../problem';
import { Icon } from './icon';

/** One thing the visitor can do, and how it went. */
export interface Command {
  readonly busy: boolean;
  readonly outcome: 'done' | Problem | undefined;
  /** Does it. `key` names this wish: a second try after a lost answer carries the same one, so nothing is done twice. */
  readonly send: (act: (key: string) => Promise<Answer<object>>) => void;
}

/** A command that has not been sent yet. */
export function useCommand(): Command {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Command['outcome']>(undefined);
  const key = useRef<string | undefined>(undefined);

  function send(act: (key: string) => Promise<Answer<object>>): void {
    key.current ??= crypto.randomUUID();
    setBusy(true);
    void act(key.current).then(answer => {
      // Only an answer without doubt ends the wish: after anything else the order may stand, and a retry must be the same one.
      const isSettled = answer.kind === 'page' || (answer.problem.status >= 400 && answer.problem.status < 500);
      if (isSettled) key.current = undefined;
      setOutcome(answer.kind === 'page' ? 'done' : answer.problem);
      setBusy(false);
    });
  }

  return { busy, outcome, send };
}

/** Says how a command went, where it was given. */
export function CommandOutcome({ command, done }: { readonly command: Command; readonly done: string }): VNode {
  const { outcome } = command;
  return (
    <div class="outcome" role="status">
      {outcome === 'done' && (
        <p class="outcome-done">
          <Icon name="check" />
          {done}
        </p>
      )}
      {outcome !== undefined && outcome !== 'done' && (
        <p class="outcome-failed">
          <Icon name="info" />
          <span>
            <strong>{outcome.title}.</strong> {outcome.detail}
            {outcome.requestId !== undefined && (
              <small>
                {' '}
                Request <code>{outcome.requestId}</code>
              </small>
            )}
          </span>
        </p>
      )}
    </div>
  );
}
