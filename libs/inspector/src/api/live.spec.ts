import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ManualClock } from 'guichet/testing';
import { finishedRequest } from '../executions/execution.test-rig.js';
import { endedExchange } from '../exchanges/exchange.test-rig.js';
import { Exchanges } from '../exchanges/exchanges.js';
import { Executions } from '../executions/executions.js';
import { type LiveEvents, LiveStream } from './live.js';
import type { RouteFigures } from './routes.js';
import type { UpstreamView } from './upstreams.js';

class Client extends EventEmitter {
  written: string[] = [];
  writableLength = 0;
  writeHead(): this {
    return this;
  }
  write(text: string): boolean {
    this.written.push(text);
    return true;
  }
  end(): void {
    this.emit('close');
  }
  of<E extends keyof LiveEvents>(event: E): LiveEvents[E][] {
    return this.written
      .filter(text => text.startsWith(`event: ${event}\n`))
      .map(text => JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as LiveEvents[E]);
  }
}

describe('LiveStream', () => {
  const clock = new ManualClock();
  const executions = new Executions(clock);
  const exchanges = new Exchanges(clock);
  let routes: Record<string, RouteFigures> = {};
  let upstreams: readonly UpstreamView[] = [];
  let asked = 0;
  let live: LiveStream;
  beforeEach(() => {
    const lookAt = () => {
      asked++;
      return upstreams;
    };
    live = new LiveStream({ executions, exchanges, upstreams: lookAt, routes: () => routes }, clock);
  });
  afterEach(() => live.close());

  const join = (): Client => {
    const client = new Client();
    live.open(client as unknown as ServerResponse);
    return client;
  };
  /** Bursts are a quarter of a second apart, and end in a later microtask. */
  const bursts = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      clock.advance(250);
      await new Promise(setImmediate);
    }
  };
  const happen = (count: number): void => {
    for (let n = 0; n < count; n++) executions.finished(finishedRequest());
  };

  it('tells of executions in bursts, the newest first', async () => {
    const client = join();
    happen(2);
    expect(client.of('executions')).toEqual([]);
    await bursts(1);
    const [{ latest, omitted }] = client.of('executions') as [LiveEvents['executions']];
    expect(latest.map(({ id }) => id)).toEqual([2, 1]);
    expect(omitted).toBe(0);
  });

  it('tells the latest of very many, and counts the others', async () => {
    const client = join();
    happen(1_000);
    await bursts(1);
    expect(client.of('executions').map(({ latest, omitted }) => [latest.length, omitted])).toEqual([[25, 975]]);
  });

  it('leaves out what a slow client cannot take, and says later how much that was', async () => {
    const slow = join();
    const quick = join();
    slow.writableLength = 100_000;
    happen(3);
    await bursts(1);
    expect(slow.of('executions')).toEqual([]);
    expect(quick.of('executions')).toHaveLength(1);
    slow.writableLength = 0;
    happen(1);
    await bursts(1);
    expect(slow.of('executions').map(({ latest, omitted }) => [latest.length, omitted])).toEqual([[1, 3]]);
    expect(quick.of('executions').map(({ omitted }) => omitted)).toEqual([0, 0]);
  });

  it('tells of upstreams when they have changed', async () => {
    const client = join();
    await bursts(8);
    expect(client.of('upstreams')).toHaveLength(1);
    upstreams = [{ name: 'catalog' } as UpstreamView].map(view => ({
      ...view,
      discovery: { state: 'fresh' } as never,
    }));
    await bursts(4);
    expect(client.of('upstreams')).toHaveLength(2);
  });

  it('tells of exchanges of routes, each kind of happening with what was missed of it', async () => {
    const slow = join();
    slow.writableLength = 100_000;
    exchanges.ended(endedExchange());
    await bursts(1);
    slow.writableLength = 0;
    exchanges.ended(endedExchange({ route: 'GET /api/b' }));
    happen(1);
    await bursts(1);
    const [told] = slow.of('exchanges') as [LiveEvents['exchanges']];
    expect([told.latest.map(({ route }) => route), told.omitted]).toEqual([['GET /api/b'], 1]);
    expect(slow.of('executions')[0]!.omitted).toBe(0);
  });

  it('tells how routes stand when that has changed', async () => {
    const client = join();
    await bursts(8);
    expect(client.of('routes')).toEqual([{}]);
    routes = { 'GET /api/a': { requests: 1 } as RouteFigures };
    await bursts(4);
    expect(client.of('routes')[1]).toEqual(routes);
  });

  it('sends a sign of life when nothing happens', async () => {
    const client = join();
    await bursts(40);
    expect(client.written).toContain(':\n\n');
  });

  it('has room for eight, and again for one when one has left', () => {
    const clients = Array.from({ length: 8 }, join);
    expect(live.hasRoom).toBe(false);
    clients[0]!.end();
    expect(live.hasRoom).toBe(true);
  });

  it('does nothing while nobody looks', async () => {
    join().end();
    asked = 0;
    happen(5);
    await bursts(40);
    expect(asked).toBe(0);
  });
});
