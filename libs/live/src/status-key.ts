import { describeConsulError, type DiscoveryLog, isRefused, policyRule } from 'guichet/discovery';
import type { Clock, TimerHandle } from 'guichet/kernel';
import type { ConsulKeySource } from './consul.source.js';
import type { LiveState } from './live-state.js';

/** Milliseconds between two writes: what changes within them is written once. */
const WRITE_EVERY_MS = 1_000;
/** Milliseconds until a write that failed is tried again. */
const RETRY_MS = 5_000;
/** Milliseconds until what the token did not allow is tried again: it may have been granted since. */
const REFUSED_RETRY_MS = 30_000;
/** Milliseconds that the end of the app may wait for the key to be taken away. */
const REMOVE_MS = 1_000;

/**
 * Tells in Consul how the live configuration of one replica stands, beside the document: a key that this replica alone writes, so that
 * whoever wrote the document sees what became of it. A token that does not allow it is told of once.
 */
export class StatusKey {
  private pending: LiveState | undefined;
  private timer: TimerHandle | undefined;
  private isWriting = false;
  private isWritten = false;
  private isClosed = false;
  private complaint = '';

  /** @param key  `guichet/web/status/web-10.0.0.7:3000` */
  constructor(
    private readonly key: string,
    private readonly consul: Pick<ConsulKeySource, 'write' | 'remove'>,
    private readonly clock: Clock,
    private readonly log: DiscoveryLog,
  ) {}

  /** Has a state told, soon. */
  tell(state: LiveState): void {
    if (this.isClosed) return;
    this.pending = state;
    if (this.timer === undefined && !this.isWriting) void this.write();
  }

  /** Takes the key away; within a second, or not at all. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.timer?.clear();
    if (!this.isWritten) return;
    let timer: TimerHandle | undefined;
    const patience = new Promise<void>(resolve => (timer = this.clock.setTimer(resolve, REMOVE_MS)));
    await Promise.race([this.consul.remove(this.key).catch(() => undefined), patience]);
    timer?.clear();
  }

  private async write(): Promise<void> {
    const state = this.pending;
    if (state === undefined) return;
    this.pending = undefined;
    this.isWriting = true;
    let restMs = WRITE_EVERY_MS;
    try {
      await this.consul.write(this.key, statusText(state));
      this.isWritten = true;
      if (this.complaint !== '') this.log.info(`${this.key} is written again`);
      this.complaint = '';
    } catch (error) {
      const isForGood = isRefused(error);
      const rule = policyRule('key_prefix', this.key.slice(0, this.key.lastIndexOf('/') + 1), 'write');
      this.complain(isForGood ? describeConsulError(error, rule) : 'Consul does not take it');
      restMs = isForGood ? REFUSED_RETRY_MS : RETRY_MS;
      this.pending ??= state;
    }
    this.isWriting = false;
    if (this.isClosed) return;
    this.timer = this.clock.setTimer(() => {
      this.timer = undefined;
      void this.write();
    }, restMs);
  }

  private complain(reason: string): void {
    const complaint = `${this.key} is not written: ${reason}`;
    if (complaint !== this.complaint) this.log.warn(complaint);
    this.complaint = complaint;
  }
}

/** What the key holds: the state without the document itself, and dates for people. */
export function statusText({ source: _, inForce, refused, ...rest }: LiveState): string {
  const { document: __, sinceEpochMs, ...held } = inForce;
  return JSON.stringify({
    ...rest,
    inForce: { ...held, since: new Date(sinceEpochMs).toISOString() },
    ...(refused && {
      refused: { ...refused, sinceEpochMs: undefined, since: new Date(refused.sinceEpochMs).toISOString() },
    }),
  });
}
