import { get } from 'node:http';

/** Milliseconds: a process that needs longer than this is not ready for traffic. */
const TIMEOUT_MS = 2_000;

/**
 * Asks a process for its own health, as Consul will.
 * @param url  answers 2xx while the process is well
 * @throws Error  when it answers otherwise, or not at all
 */
export function selfCheck(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, timeout: TIMEOUT_MS }, response => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve();
      else reject(new Error(`its own health answers ${status}`));
    });
    request.on('timeout', () => request.destroy(new Error('its own health does not answer')));
    request.on('error', reject);
  });
}
