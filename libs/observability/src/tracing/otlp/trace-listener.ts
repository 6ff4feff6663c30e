import type { Clock } from 'guichet/kernel';
import type { FinishedRequest, RequestListener } from '../../request-listeners.js';
import { TraceWords } from './trace-words.js';
import { writeTrace } from './write-trace.js';

/** Writes what was written down of a sampled request as spans, once it is over. */
export class TraceListener implements RequestListener {
  /** Those that are sampled are traced anyway. */
  readonly needsTraces = false;
  private readonly words = new TraceWords();

  /** @param take  gets the spans of one request, as OTLP's JSON, separated by commas, and how many they are */
  constructor(
    private readonly clock: Clock,
    private readonly take: (text: string, count: number) => void,
  ) {}

  finished(finished: FinishedRequest): void {
    if (finished.context.sampled === undefined) return;
    const { text, count } = writeTrace(finished, this.words, this.clock);
    this.take(text, count);
  }
}
