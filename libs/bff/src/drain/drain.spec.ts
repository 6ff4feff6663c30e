import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Controller, Get, Module, type OnApplicationShutdown, Res } from '@nestjs/common';
import { Lifecycle } from 'guichet/health';
import { BootProblems } from 'guichet/kernel';
import { optional, Page } from 'guichet/page';
import { Observable } from 'rxjs';
import { type Bff, type RunBffOptions, startBff } from '../start-bff.js';

interface Raw {
  readonly raw: import('node:http').ServerResponse;
  hijack(): void;
}

let asked: (what: string) => void;
let release: (what?: string) => void;
let served: string[];
let cancelled: () => void;
let isStuck: boolean;

@Controller()
class TestController implements OnApplicationShutdown {
  @Get('quick')
  quick() {
    served.push('quick');
    return { quick: true };
  }

  @Get('slow')
  async slow() {
    served.push('slow');
    asked('slow');
    await new Promise<unknown>(resolve => (release = resolve));
    return { slow: true };
  }

  /** Begins a body that has no length and is not in pieces: only the end of the connection says that it is over. */
  @Get('half')
  half(@Res() { raw }: Raw) {
    raw.useChunkedEncodingByDefault = false;
    raw.writeHead(200, { 'Content-Type': 'text/plain' });
    raw.write('half of it');
    asked('half');
    release = () => raw.end(' and the rest');
  }

  onApplicationShutdown(): Promise<void> | void {
    if (isStuck) return new Promise<void>(resolve => (release = () => resolve()));
  }
}

@Page('lasting', { budgetMs: 20_000 })
class LastingPage {
  readonly never = optional([], () => {
    asked('lasting');
    return new Observable<never>(() => cancelled);
  });
}

@Module({ controllers: [TestController, LastingPage] })
class TestModule {}

const running: Bff[] = [];
const log: string[] = [];

beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation(text => {
    log.push(String(text));
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());
beforeEach(() => {
  served = [];
  log.length = 0;
  isStuck = false;
});
afterEach(async () => {
  await Promise.all(running.splice(0).flatMap(bff => [bff.stop(), bff.stop()]));
});

async function start(drain: RunBffOptions['drain'] = {}): Promise<Bff & { url: string }> {
  const environment = { PORT: '0', MANAGEMENT_PORT: '0' };
  const options = { name: 'test', drain: { propagationMs: 100, inFlightMs: 5_000, ...drain } };
  const bff = await startBff(TestModule, options, new BootProblems(), environment);
  running.push(bff);
  return Object.assign(bff, { url: `http://127.0.0.1:${bff.port}` });
}

/** Resolves when a handler is asked. */
const whenAsked = (): Promise<string> => new Promise(resolve => (asked = resolve));

const SERVING_ON = { servesOn: true };

/** A client that keeps its connection. */
function keeping(): {
  get: (url: string) => Promise<{ status: number; connection: string; body: string }>;
  end(): void;
} {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    get: url =>
      new Promise((resolve, reject) => {
        get(url, { agent }, (answer: IncomingMessage) => {
          let body = '';
          answer.setEncoding('utf8').on('data', text => (body += text));
          answer.once('error', reject);
          answer.once('end', () =>
            resolve({ status: answer.statusCode!, connection: String(answer.headers.connection), body }),
          );
        }).once('error', reject);
      }),
    end: () => agent.destroy(),
  };
}

/** A connection by hand: what was read, and how it ended. */
class Wire {
  text = '';
  ending: 'open' | 'closed' | 'reset' = 'open';
  readonly ended: Promise<unknown>;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1').on('data', text => (this.text += String(text)));
    this.socket.once('error', () => (this.ending = 'reset'));
    this.ended = new Promise<void>(resolve => {
      this.socket.once('close', () => {
        if (this.ending === 'open') this.ending = 'closed';
        resolve();
      });
    });
  }

  ask(...paths: string[]): void {
    this.socket.write(paths.map(path => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
  }

  /** Resolves once it has said this. */
  async said(part: string): Promise<void> {
    while (!this.text.includes(part)) await once(this.socket, 'data');
  }
}

describe('the drain', () => {
  it('is unready at once, and serves on while others notice', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    void bff.stop(SERVING_ON);
    expect(bff.app.get(Lifecycle).phase).toBe('draining');
    for (const url of [bff.url, `http://127.0.0.1:${bff.managementPort}`]) {
      expect((await fetch(`${url}/health/ready`)).status).toBe(503);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
    // A new connection is served, too.
    expect((await fetch(`${bff.url}/quick`)).status).toBe(200);
  });

  it('ends no idle connection without a last answer that says so', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    const client = keeping();
    expect(await client.get(`${bff.url}/quick`)).toMatchObject({ status: 200, connection: 'keep-alive' });
    void bff.stop(SERVING_ON);
    expect(await client.get(`${bff.url}/quick`)).toMatchObject({ status: 200, connection: 'close' });
    expect(await client.get(`${bff.url}/health/ready`)).toMatchObject({ status: 503, connection: 'close' });
    client.end();
  });

  it('tells it also to a request that was under way when it began', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    const client = keeping();
    const slow = whenAsked();
    const answer = client.get(`${bff.url}/slow`);
    await slow;
    void bff.stop(SERVING_ON);
    release();
    expect(await answer).toMatchObject({ status: 200, connection: 'close', body: '{"slow":true}' });
    client.end();
  });

  it('takes no new connection after that, finishes what is under way, and ends what is idle last of all', async () => {
    const bff = await start();
    const [idle, client] = [keeping(), keeping()];
    await idle.get(`${bff.url}/quick`);
    const slow = whenAsked();
    const answer = client.get(`${bff.url}/slow`);
    await slow;
    const stopped = bff.stop(SERVING_ON);
    await logged('closing the door');
    await expect(fetch(`${bff.url}/quick`)).rejects.toThrow('fetch failed');
    // While another request is under way, its connection is there for it still.
    expect(await idle.get(`${bff.url}/quick`)).toMatchObject({ status: 200, connection: 'close' });
    release();
    expect(await answer).toMatchObject({ status: 200, body: '{"slow":true}' });
    await stopped;
    await expect(fetch(`http://127.0.0.1:${bff.managementPort}/health/live`)).rejects.toThrow('fetch failed');
    idle.end();
    client.end();
  });

  it('does not wait for connections that are idle', async () => {
    const bff = await start({ inFlightMs: 60_000, terminationGraceMs: 100_000 });
    const wires = [new Wire(bff.port), new Wire(bff.port)];
    wires[0]!.ask('/quick');
    await wires[0]!.said('{"quick":true}');
    await bff.stop(SERVING_ON);
    await Promise.all(wires.map(wire => wire.ended));
    expect(wires.map(({ ending }) => ending)).toEqual(['closed', 'closed']);
  });

  it('logs its phases, in order', async () => {
    const bff = await start();
    await bff.stop(SERVING_ON);
    const phases = log
      .join('')
      .match(/(draining|withdrawal|propagation|closing the door|requests under way|closing|ended)(?=[:,])/g);
    expect(phases).toEqual([
      'draining',
      'withdrawal',
      'propagation',
      'closing the door',
      'requests under way',
      'closing',
      'ended',
    ]);
  });

  it('does not wait for others where they need not notice', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    await bff.stop();
    expect(log.join('')).not.toContain('propagation');
  });
});

describe('pipelined requests', () => {
  it('are all answered: only the last is told that it is', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    const wire = new Wire(bff.port);
    const slow = whenAsked();
    wire.ask('/slow');
    await slow;
    void bff.stop(SERVING_ON);
    wire.ask('/quick', '/quick?2');
    await until(() => served.length === 3);
    release();
    await wire.ended;
    expect(wire.text.match(/HTTP\/1.1 \d+|^connection: \S+/gim)).toEqual([
      'HTTP/1.1 200',
      'Connection: keep-alive',
      'HTTP/1.1 200',
      'Connection: keep-alive',
      'HTTP/1.1 200',
      'Connection: close',
    ]);
    expect(wire.ending).toBe('closed');
  });

  it('that come after the last answer are not begun, and do not cost that answer', async () => {
    const bff = await start({ propagationMs: 60_000, terminationGraceMs: 100_000 });
    void bff.stop(SERVING_ON);
    const wire = new Wire(bff.port);
    const half = whenAsked();
    wire.ask('/half');
    await half;
    wire.ask('/quick', '/quick', '/quick');
    await wire.said('half of it');
    release();
    await wire.ended;
    expect(wire.text).toMatch(/half of it and the rest$/);
    expect(wire.ending).toBe('closed');
    expect(served).toEqual([]);
  });
});

describe.each([
  ['when the time is up', { inFlightMs: 50 }, 1],
  ['when told twice', { inFlightMs: 60_000, terminationGraceMs: 100_000 }, 2],
])('what is still under way %s', (_, drain, times) => {
  const stop = (bff: Bff): Promise<void> => {
    const stopped = bff.stop(SERVING_ON);
    if (times === 2) void bff.stop();
    return stopped;
  };

  it('gets a 503 where its answer has not begun', async () => {
    const bff = await start(drain);
    const wire = new Wire(bff.port);
    const slow = whenAsked();
    wire.ask('/slow', '/quick');
    await slow;
    await stop(bff);
    await wire.ended;
    expect(wire.ending).toBe('closed');
    const [first, second] = wire.text.split(/(?=HTTP\/1.1 )/);
    expect(first).toMatch(/^HTTP\/1.1 503 [^]*retry-after: 1[^]*"code":"unavailable"/i);
    // Its handler was done, its turn had not come.
    expect(second).toMatch(/^HTTP\/1.1 200 [^]*\{"quick":true\}$/);
    release();
  });

  it('is cut off, noticeably, where it has', async () => {
    const bff = await start(drain);
    const wire = new Wire(bff.port);
    const half = whenAsked();
    wire.ask('/half');
    await half;
    await wire.said('half of it');
    await stop(bff);
    await wire.ended;
    expect(wire.ending).toBe('reset');
  });

  it('is cancelled, where it is a page', async () => {
    const bff = await start(drain);
    const client = keeping();
    const lasting = whenAsked();
    cancelled = jest.fn();
    const answer = client.get(`${bff.url}/pages/lasting`);
    await lasting;
    await stop(bff);
    expect(await answer).toMatchObject({ status: 503, connection: 'close' });
    expect(cancelled).toHaveBeenCalledTimes(1);
    client.end();
  });
});

it('says so when something does not close', async () => {
  isStuck = true;
  const bff = await start({ propagationMs: 0, closeMs: 50 });
  running.splice(0);
  await expect(bff.stop()).rejects.toThrow('did not close within 50 ms');
  release();
  // What was late goes on.
  await bff.app.close();
});

/** Resolves once a phase is over. */
const logged = (phase: string): Promise<void> => until(() => log.some(line => line.includes(`${phase}:`)));

/** Looks again until something is so, for a second at most. */
async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; !isSo() && looks < 200; looks++) await new Promise(resolve => setTimeout(resolve, 5));
}
