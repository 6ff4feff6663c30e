import { request } from '../../support/http.js';
import type { Load } from '../../support/load.js';
import type { Rig, ServiceName } from './rig.js';

/** Failed pages of one second that are worth a look. */
const WORTH_A_LOOK = 5;
/** So many seconds are told of. */
const MAX_NOTES = 6;

/**
 * Looks, every second in which pages fail, at who is there, whom Consul lists and whom the BFF calls: afterwards nobody could tell any
 * more why they did.
 */
export class Witness {
  readonly notes: string[] = [];
  private seen = 0;
  private readonly timer = setInterval(() => void this.look(), 1_000);

  /** @param faults  what was done, the latest last */
  constructor(
    private readonly rig: Rig,
    private readonly load: Load,
    private readonly service: ServiceName,
    private readonly faults: readonly string[],
  ) {}

  end(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const lately = this.load.outcomes.slice(this.seen);
    this.seen += lately.length;
    const failed = lately.filter(({ status }) => status < 200 || status > 299).length;
    if (failed < WORTH_A_LOOK || this.notes.length >= MAX_NOTES) return;
    const second = (this.load.ageMs / 1_000).toFixed(0);
    const there = this.rig.instancesOf(this.service).map(({ port }) => port);
    const faults = this.faults.slice(-4).join(', ');
    const place = this.notes.push('') - 1;
    const [listed, called] = await Promise.all([this.listed(), this.called()]);
    this.notes[place] =
      `second ${second}: ${failed} of ${lately.length}; there: ${there.join(' ')}; Consul: ${listed}; BFF: ${called}; after ${faults}`;
  }

  private listed(): Promise<string> {
    return orWhyNot(this.rig.consul.portsOf(this.service).then(ports => ports.join(' ')));
  }

  /** Those that are ejected in brackets. */
  private called(): Promise<string> {
    return orWhyNot(request(`${this.rig.bff.managementUrl}/metrics`).then(({ body }) => this.instancesIn(body)));
  }

  private instancesIn(metrics: string): string {
    const ejected = new RegExp(
      String.raw`guichet_upstream_instance_ejected\{upstream="${this.service}",instance="[^"]*:(\d+)"\} (\d)`,
      'g',
    );
    return [...metrics.matchAll(ejected)]
      .map(([, port, isEjected]) => (isEjected === '1' ? `(${port})` : port))
      .join(' ');
  }
}

/** @returns what was asked for, or why it is not to be had */
function orWhyNot(asked: Promise<string>): Promise<string> {
  return asked.catch((error: unknown) => String(error));
}
