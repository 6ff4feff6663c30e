import { setTimeout as pause } from 'node:timers/promises';
import { atEnd, isEnding } from '../process/children.mjs';
import { task } from '../progress.mjs';
import { obtainConsul, startConsul } from '../servers/consul.mjs';

/**
 * The Consul to use: the one `CONSUL_HTTP_ADDR` names, else an agent of our own, obtained if need be.
 * @param {(reason: string) => void} onDeath  called when our own agent ends and nobody asked it to
 * @returns {Promise<{ address: string, pid?: number }>}  `host:port`
 * @throws {Error} naming the choices when there is none
 */
export async function consulToUse(onDeath) {
  const given = process.env.CONSUL_HTTP_ADDR;
  if (given) {
    await mustAnswer(given);
    return { address: given };
  }
  const binary = await task('Looking for Consul', () => obtainConsul());
  const consul = await startConsul({ binary });
  atEnd(() => consul.kill());
  void watch(consul.pid, onDeath);
  return consul;
}

async function mustAnswer(address) {
  const url = `${/^https?:/.test(address) ? '' : 'http://'}${address}/v1/status/leader`;
  const token = process.env.CONSUL_HTTP_TOKEN;
  try {
    const answer = await fetch(url, {
      headers: token ? { 'X-Consul-Token': token } : {},
      signal: AbortSignal.timeout(3_000),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
  } catch (error) {
    const reason = error.cause?.code ?? error.message;
    throw new Error(
      `CONSUL_HTTP_ADDR is ${address}, but no Consul answers there (${reason}). Start it, or unset the variable to use one of our own.`,
      { cause: error },
    );
  }
}

async function watch(pid, onDeath) {
  while (!isEnding()) {
    await pause(500, undefined, { ref: false });
    try {
      process.kill(pid, 0);
    } catch {
      if (!isEnding()) onDeath(`consul (pid ${pid}) ended`);
      return;
    }
  }
}
