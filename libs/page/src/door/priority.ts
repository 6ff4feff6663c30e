/** What a page is worth when not all can be served: the low go first. */
export type Priority = 'high' | 'normal' | 'low';

/** The parts of the app's places that each may fill: those above keep the rest. */
export const PLACES: Readonly<Record<Priority, number>> = { high: 1, normal: 0.85, low: 0.6 };

export const PRIORITIES = Object.keys(PLACES) as readonly Priority[];
