import { ConsulKey, type ConsulOptions } from 'guichet/discovery';
import { type Clock, systemClock } from 'guichet/kernel';
import { LiveSource, type LiveSourceListener } from './live-source.js';

/** A document in Consul's key-value store: one key, so that it changes as a whole. */
export class ConsulKeySource extends LiveSource {
  readonly name: string;
  private readonly following: ConsulKey;
  private listener: LiveSourceListener | undefined;

  /** @throws Error  if the certificate of the agent's authority cannot be read */
  constructor(consul: ConsulOptions, key: string, clock: Clock = systemClock) {
    super();
    this.name = `consul ${key}`;
    this.following = new ConsulKey({
      consul,
      key,
      clock,
      onValue: value => (value === undefined ? this.listener?.missing() : this.listener?.found(value)),
      onFailure: reason => this.listener?.unreachable(reason),
    });
  }

  override follow(listener: LiveSourceListener): void {
    this.listener = listener;
    this.following.follow();
  }

  /** Writes another key; for what is told of the document. @throws what Consul says */
  async write(key: string, text: string): Promise<void> {
    await this.following.write(key, text);
  }

  /** Takes a key away. @throws what Consul says */
  async remove(key: string): Promise<void> {
    await this.following.remove(key);
  }

  override async close(): Promise<void> {
    await this.following.close();
  }
}
