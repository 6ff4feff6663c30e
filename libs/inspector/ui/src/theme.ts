import { useEffect, useState } from 'preact/hooks';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'guichet-inspector-theme';
const CHANGED = 'guichet:theme';

/** @returns what the visitor chose; where nothing may be stored, or nothing was, the system decides */
export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find(theme => theme === stored) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function applyTheme(theme = chosenTheme()): void {
  const { dataset } = document.documentElement;
  if (theme === 'auto') delete dataset['theme'];
  else dataset['theme'] = theme;
  dispatchEvent(new Event(CHANGED));
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this page alone.
  }
  applyTheme(theme);
}

/** @returns a number that changes with the colours, for what is painted by scripts */
export function useColours(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setVersion(before => before + 1);
    system.addEventListener('change', changed);
    addEventListener(CHANGED, changed);
    return () => {
      system.removeEventListener('change', changed);
      removeEventListener(CHANGED, changed);
    };
  }, []);
  return version;
}
