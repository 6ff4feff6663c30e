import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Where servers under measurement send their traces. */
export class Collector {
  #child = fork(new URL('./collector-process.mjs', import.meta.url));

  /** @returns {Promise<string>} its address, for `OTEL_EXPORTER_OTLP_ENDPOINT` */
  async start() {
    const [{ port }] = await once(this.#child, 'message');
    return `http://127.0.0.1:${port}`;
  }

  /** @returns {Promise<{ exports: number, bytes: number }>} what it took so far */
  async taken() {
    this.#child.send({});
    const [taken] = await once(this.#child, 'message');
    return taken;
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
