import type { Visit } from '../location';

/** What every page gets: the visit it is drawn for. */
export interface PageProps {
  readonly visit: Visit;
  /** Tells the frame that the page stands: its title for the window, and that it may scroll. */
  readonly onShown: (title: string) => void;
}
