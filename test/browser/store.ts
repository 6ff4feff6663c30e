import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const repository = join(__dirname, '..', '..');

/** The built web BFF and the store's services, running. */
export interface Store {
  /** Where the BFF serves, e.g. `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Lets every request to a service suffer: the members of `Fault` in `examples/shop/services/http/faults.ts`. */
  strike(service: string, fault: object): Promise<void>;
  /** Ends all suffering. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the services in one process, and the web BFF that finds them through a file.
 * @throws Error  with what was said on stderr, when one of them ends instead
 */
export async function openStore(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-browser-'));
  const env = { DISCOVERY: 'static', UPSTREAMS_FILE: join(folder, 'upstreams.json') };
  const running: ChildProcess[] = [];
  const close = async () => {
    await Promise.all(running.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const services = start('examples/shop/services/all.js', { ...env, PORT: '0', SHOP_FAULTS: '1' });
    running.push(services.child);
    const addresses = (JSON.parse(await services.firstLine) as { services: Record<string, string> }).services;
    const bff = start('apps/web/main.js', { ...env, PORT: '0', MANAGEMENT_PORT: '0' });
    running.push(bff.child);
    const place = (await Promise.race([
      once(bff.child, 'message'),
      bff.firstLine.then(() => once(bff.child, 'message')),
    ])) as [{ port: number }];
    const origin = `http://127.0.0.1:${place[0].port}`;
    await untilReady(origin);
    const tell = async (service: string, init: RequestInit) => {
      const answer = await fetch(`http://${addresses[service]}/_faults`, init);
      if (!answer.ok) throw new Error(`${service} took no fault: ${answer.status} ${await answer.text()}`);
    };
    return {
      origin,
      strike: async (service, fault) => {
        const headers = { 'content-type': 'application/json' };
        await tell(service, { method: 'PUT', headers, body: JSON.stringify(fault) });
      },
      heal: async () => void (await Promise.all(Object.keys(addresses).map(name => tell(name, { method: 'DELETE' })))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts a built program; `firstLine` rejects with its stderr when it ends before it said anything. */
function start(file: string, env: Record<string, string>): { child: ChildProcess; firstLine: Promise<string> } {
  const child = spawn(process.execPath, [join(repository, 'dist', file)], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => (complaints += text.toString()));
  const firstLine = new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface(child.stdout).on('line', resolve);
    child.once('close', code => reject(new Error(`${file} ended with ${code}:\n${complaints}`)));
  });
  firstLine.catch(() => undefined); // whoever awaits it hears of it
  return { child, firstLine };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilReady(origin: string): Promise<void> {
  const until = AbortSignal.timeout(10_000);
  for (;;) {
    const answer = await fetch(`${origin}/health/ready`, { signal: until });
    await answer.body?.cancel();
    if (answer.ok) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
