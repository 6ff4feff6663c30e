import { Complaints, type DiscoveryLog } from 'guichet/discovery';
import type { BootProblem, Clock, EffectiveConfiguration, LiveSettings } from 'guichet/kernel';
import { MAX_PROBLEMS, tellProblems, tidied } from './problems.js';
import { type ReadDocument, readDocument, WHERE } from './document.js';
import type { LastGoodFile } from './last-good-file.js';
import type { FoundDocument, LiveSource, LiveSourceListener } from './live-source.js';
import type { InForce, LiveCondition, LiveState, RefusedDocument } from './live-state.js';
import { type PreparedDocument, prepareDocument } from './prepare-document.js';

/** What a live configuration works with. */
export interface LiveConfigurationParts {
  readonly source: LiveSource;
  /** What documents may change. */
  readonly settings: LiveSettings;
  /** Shown what is in force. */
  readonly configuration: EffectiveConfiguration;
  /** Where what is in force outlives the process. */
  readonly lastGood: LastGoodFile | undefined;
  readonly clock: Clock;
  readonly log: DiscoveryLog;
}

/** Milliseconds that a first answer may take before the app goes by what it has. */
const PATIENCE_MS = 1_000;

/** Told of every document that was judged, and of every change of where things stand. Must be quick and never throw. */
export interface LiveListener {
  judged?(outcome: 'applied' | 'invalid'): void;
  changed?(state: LiveState): void;
}

/**
 * Has an app go by a document that may change while it runs. A document is checked whole and then holds whole, for every request that
 * arrives from then on; one that is wrong in anything changes nothing, and is told of. One that vanishes changes nothing either:
 * that is nearly always a mishap of the store, and would turn on again what somebody switched off.
 * @see docs/decisions/0034-one-document-whole.md
 */
export class LiveConfiguration implements LiveSourceListener {
  private readonly listeners: LiveListener[] = [];
  private condition: LiveCondition = 'waiting';
  private trouble: string | undefined;
  private readonly complaints = new Complaints();
  private refused: RefusedDocument | undefined;
  private inForce: InForce;
  private told = '';
  private heard: () => void = () => {};

  constructor(private readonly parts: LiveConfigurationParts) {
    const sinceEpochMs = parts.clock.epochMs();
    this.inForce = { version: null, from: 'declared', index: undefined, sinceEpochMs, document: {} };
  }

  /** Where it stands. */
  get state(): LiveState {
    const { condition, trouble: unreachable, inForce, refused } = this;
    return { source: this.parts.source.name, condition, unreachable, inForce, refused };
  }

  /** Whether what lies at the source is known, and in force. */
  get isWell(): boolean {
    return this.trouble === undefined && (this.condition === 'in-force' || this.condition === 'none');
  }

  /** Milliseconds since what is in force came into force. */
  get ageMs(): number {
    return Math.max(0, this.parts.clock.epochMs() - this.inForce.sinceEpochMs);
  }

  /** Has somebody told of what happens from now on. */
  listen(listener: LiveListener): void {
    this.listeners.push(listener);
  }

  /**
   * Goes by what an earlier process left, and begins to look. Once, when all parts of the app are there and before its first request.
   * Resolves when the source has answered, whatever it said, and after a second at the latest.
   */
  async begin(): Promise<void> {
    const { source, clock } = this.parts;
    this.remember();
    let isHeard = false;
    const first = new Promise<void>(resolve => {
      const timer = clock.setTimer(resolve, PATIENCE_MS);
      this.heard = () => {
        isHeard = true;
        timer.clear();
        resolve();
      };
    });
    source.follow(this);
    await first;
    if (!isHeard) this.unreachable('no answer yet');
  }

  /** The source has a document: it is judged, and holds or changes nothing. */
  found({ bytes, index }: FoundDocument): void {
    this.reached();
    const document = readDocument(bytes);
    const { version } = document;
    if (this.inForce.version === version) {
      // Found anew, or found where an earlier process had found it, or back after one that was wrong.
      this.inForce = { ...this.inForce, from: 'source', index };
      this.stand('in-force');
      return;
    }
    if (this.condition === 'invalid' && this.refused?.version === version) {
      this.refused = { ...this.refused, index };
      this.tell();
      return;
    }
    const prepared = this.prepare(document);
    if (prepared.problems.length > 0) this.refuse(version, index, prepared.problems);
    else {
      this.apply(document, prepared, 'source', index);
      this.parts.lastGood?.note(document.text);
      this.listeners.forEach(listener => listener.judged?.('applied'));
      this.stand('in-force');
    }
  }

  /** The source has none. */
  missing(): void {
    this.reached();
    if (this.inForce.version === null) {
      this.stand('none');
      return;
    }
    this.warn(`there is no document any more, version ${this.inForce.version} stays in force; {} would set all back`);
    this.stand('missing');
  }

  /** Nobody knows what the source has. */
  unreachable(reason: string): void {
    if (this.complaints.isNew(reason))
      this.parts.log.warn(`${this.parts.source.name} cannot be read (${reason}), what is in force stays`);
    if (this.trouble !== reason) {
      this.trouble = reason;
      this.tell();
    }
    this.heard();
  }

  /** Looks no more; what is in force stays. */
  async close(): Promise<void> {
    await this.parts.source.close();
    await this.parts.lastGood?.close();
  }

  private remember(): void {
    const { lastGood, log } = this.parts;
    const bytes = lastGood?.read();
    if (bytes === undefined) return;
    const document = readDocument(bytes);
    const prepared = this.prepare(document);
    if (prepared.problems.length > 0) {
      log.warn(`the last good document fits this app no more and is not used: ${tellProblems(prepared.problems)}`);
      return;
    }
    this.apply(document, prepared, 'last-good', undefined);
  }

  private prepare(document: ReadDocument): PreparedDocument {
    const { problems, content } = document;
    const nothing = { values: new Map(), applications: [], overrides: [] };
    if (problems.length > 0) return { ...nothing, problems };
    try {
      return prepareDocument(this.parts.settings.parts, content);
    } catch (error) {
      // A bug of a part must not have the same document asked for again and again.
      const message = `could not be checked: ${(error as Error).message}`;
      return { ...nothing, problems: [{ where: WHERE, path: '', message, mend: 'report it, and leave it out' }] };
    }
  }

  private apply(
    document: ReadDocument,
    prepared: PreparedDocument,
    from: InForce['from'],
    index: string | undefined,
  ): void {
    const { settings, configuration, clock, log, source } = this.parts;
    const { version, content } = document;
    settings.swap(prepared.values);
    for (const apply of prepared.applications) apply();
    configuration.overlay(prepared.overrides, `${source.name} (${version})`);
    this.inForce = { version, from, index, sinceEpochMs: clock.epochMs(), document: content };
    const count = prepared.overrides.length;
    const whence = from === 'last-good' ? ', as an earlier process left it' : '';
    log.info(`version ${version} is in force${whence}: ${count} ${count === 1 ? 'option is' : 'options are'} set`);
  }

  private refuse(version: string, index: string | undefined, problems: readonly BootProblem[]): void {
    const shown = problems.slice(0, MAX_PROBLEMS).map(tidied);
    const omitted = problems.length - shown.length;
    this.refused = { version, index, sinceEpochMs: this.parts.clock.epochMs(), problems: shown, omitted };
    const kept = this.inForce.version === null ? 'what the app declares' : `version ${this.inForce.version}`;
    this.warn(`version ${version} is invalid and changes nothing, ${kept} stays in force: ${tellProblems(problems)}`);
    this.listeners.forEach(listener => listener.judged?.('invalid'));
    this.stand('invalid');
  }

  private reached(): void {
    if (this.trouble !== undefined) this.parts.log.info(`${this.parts.source.name} can be read again`);
    this.trouble = undefined;
    this.complaints.end();
    this.heard();
  }

  private stand(condition: LiveCondition): void {
    this.condition = condition;
    if (condition !== 'invalid') this.refused = undefined;
    if (condition === 'in-force' || condition === 'none') this.told = '';
    this.tell();
  }

  private tell(): void {
    const { state } = this;
    this.listeners.forEach(listener => listener.changed?.(state));
  }

  /** The same once, until things are well again. */
  private warn(message: string): void {
    if (message !== this.told) this.parts.log.warn(message);
    this.told = message;
  }
}
