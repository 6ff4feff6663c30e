/** What happened one after the other since it was told last. Plain JSON. */
export interface Told<T> {
  /** The newest first. */
  readonly latest: readonly T[];
  /** How many more there were that are not told. */
  readonly omitted: number;
}

/** At most so many of one burst; of more, the latest are told and the others counted. */
const MAX_OF_A_BURST = 25;

/** Gathers what happens, so that it is told at a pace that eyes follow. */
export class Burst<T> {
  private pending: T[] = [];
  private omitted = 0;

  add(item: T): void {
    this.pending.push(item);
    if (this.pending.length <= MAX_OF_A_BURST) return;
    this.pending.shift();
    this.omitted++;
  }

  /** @returns what was gathered since; undefined where nothing happened */
  take(): Told<T> | undefined {
    if (this.pending.length === 0) return undefined;
    const told = { latest: this.pending.toReversed(), omitted: this.omitted };
    this.forget();
    return told;
  }

  forget(): void {
    this.pending = [];
    this.omitted = 0;
  }
}
