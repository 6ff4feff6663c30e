import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy, type NetworkFault } from './fault-proxy.js';

describe('the fault proxy', () => {
  let instance: Server;
  let proxy: FaultProxy;

  beforeAll(async () => {
    instance = createServer({ allowHalfOpen: true }, socket => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('0123456789'));
      socket.on('end', () => socket.end());
    }).listen(0, '127.0.0.1');
    await once(instance, 'listening');
    proxy = await new FaultProxy((instance.address() as AddressInfo).port).start();
  });
  afterEach(() => proxy.suffer({}));
  afterAll(async () => {
    await proxy.close();
    instance.close();
  });

  interface Heard {
    readonly socket: Socket;
    text: string;
    ending: 'open' | 'ended' | 'reset';
  }

  /** Connects, asks once, and listens. */
  async function ask(fault: NetworkFault): Promise<Heard> {
    proxy.suffer(fault);
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    const heard: Heard = { socket, text: '', ending: 'open' };
    socket.setEncoding('latin1').on('data', text => (heard.text += String(text)));
    socket.on('end', () => (heard.ending = 'ended'));
    socket.on('error', () => (heard.ending = 'reset'));
    socket.write('?');
    return heard;
  }

  /** What came in so many milliseconds; the connection is then given up. */
  async function after(ms: number, heard: Heard): Promise<Pick<Heard, 'text' | 'ending'>> {
    await pause(ms);
    heard.socket.destroy();
    return { text: heard.text, ending: heard.ending };
  }

  const comes = async (heard: Heard, text: string): Promise<void> => {
    while (heard.text !== text) await pause(2);
  };

  it('passes all on when nothing is wrong', async () => {
    const heard = await ask({});
    await comes(heard, '0123456789');
    heard.socket.end();
    await once(heard.socket, 'end');
    heard.socket.destroy();
  });

  it('holds everything back while it is a blackhole, and lets it go afterwards', async () => {
    const heard = await ask({ isBlackhole: true });
    await pause(50);
    expect(heard).toMatchObject({ text: '', ending: 'open' });
    proxy.suffer({});
    await comes(heard, '0123456789');
    proxy.suffer({ isBlackhole: true });
    heard.socket.write('?');
    expect(await after(50, heard)).toEqual({ text: '0123456789', ending: 'open' });
  });

  it('delays each way', async () => {
    const from = performance.now();
    const heard = await ask({ latencyMs: 40 });
    await comes(heard, '0123456789');
    expect(performance.now() - from).toBeGreaterThanOrEqual(79);
    heard.socket.destroy();
  });

  it.each([
    ['bytes a second', { bytesPerSecond: 100 }],
    ['drips', { dripMs: 20 }],
  ])('lets but so many through: %s', async (_, fault) => {
    const from = performance.now();
    const heard = await ask(fault);
    await comes(heard, '0123456789');
    // Ten bytes, one each, or two at a time: not at once.
    expect(performance.now() - from).toBeGreaterThanOrEqual(75);
    heard.socket.destroy();
  });

  it('resets', async () => {
    const open = await ask({});
    await comes(open, '0123456789');
    proxy.suffer({ isReset: true });
    expect(await after(50, open)).toMatchObject({ ending: 'reset' });
    expect(await after(50, await ask({ isReset: true }))).toEqual({ text: '', ending: 'reset' });
  });

  it('cuts after so many bytes', async () => {
    expect(await after(100, await ask({ cutAfterBytes: 4 }))).toEqual({ text: '0123', ending: 'ended' });
  });

  it('adds bytes', async () => {
    expect(await after(100, await ask({ extraBytes: '!!' }))).toEqual({ text: '0123456789!!', ending: 'open' });
  });

  it('closes one half', async () => {
    const heard = await ask({ isHalfClosed: true });
    await comes(heard, '0123456789');
    await pause(20);
    expect(heard.ending).toBe('ended');
    expect(heard.socket.writable).toBe(true);
    heard.socket.destroy();
  });
});
