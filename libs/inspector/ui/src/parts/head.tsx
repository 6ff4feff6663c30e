import { useState } from 'preact/hooks';
import { live, type LiveState, useLive } from '../live';
import { addressOf } from '../location';
import { type AppView, logOut } from '../server';
import { chooseTheme, chosenTheme, type Theme, THEMES } from '../theme';

interface HeadProps {
  readonly app: AppView | undefined;
  readonly views: Readonly<Record<string, { readonly title: string }>>;
  readonly current: string;
  readonly isLocked: boolean;
  readonly onLocked: () => void;
}

const STATES: Readonly<Record<LiveState, string>> = { live: 'Live', connecting: 'Connecting', paused: 'Paused' };

/** Whose inspector this is, its views, and how they are shown. */
export function Head({ app, views, current, isLocked, onLocked }: HeadProps) {
  return (
    <header>
      <a class="brand" href={addressOf('pages')}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" />
          <path d="M7 10h8M12 16h13M17 22h6" />
        </svg>
        <span>
          <b>{app?.name ?? 'Inspector'}</b>
          <small>{app?.environment ?? 'Guichet'}</small>
        </span>
      </a>
      {!isLocked && (
        <nav aria-label="Views">
          <ul>
            {Object.entries(views).map(([name, { title }]) => (
              <li key={name}>
                <a href={addressOf(name)} aria-current={name === current ? 'page' : undefined}>
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <div class="controls">
        {!isLocked && <Follow />}
        <ThemeChoice />
        {app?.isLocked && !isLocked && (
          <button
            type="button"
            class="quiet-button"
            onClick={() => void logOut().then(() => (live.pause(), onLocked()))}
          >
            Log out
          </button>
        )}
      </div>
    </header>
  );
}

/** Whether what is shown follows what happens. */
function Follow() {
  const { state } = useLive();
  const isPaused = state === 'paused';
  return (
    <button
      type="button"
      class={`follow ${state}`}
      aria-pressed={!isPaused}
      title={isPaused ? 'Follow what happens' : 'Keep what is shown as it is'}
      onClick={() => (isPaused ? live.start() : live.pause())}
    >
      <span class="pulse" aria-hidden="true" />
      {STATES[state]}
    </button>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  return (
    <fieldset class="choice">
      <legend class="hidden-words">Colours</legend>
      {THEMES.map(one => (
        <label key={one}>
          <input
            type="radio"
            name="theme"
            checked={theme === one}
            onChange={() => {
              chooseTheme(one);
              setTheme(one);
            }}
          />
          <span>{one[0]!.toUpperCase() + one.slice(1)}</span>
        </label>
      ))}
    </fieldset>
  );
}
