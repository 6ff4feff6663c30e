import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** What is loaded into a server for the bench: a module's URL. */
export const probe = new URL('./probe.mjs', import.meta.url).href;
const startWithinMs = 20_000;

/** A server under measurement: a Node process of its own with the bench's probe in it. */
export class ServerProcess {
  #child;
  #asked = new Map();
  #nextId = 1;
  #said = '';

  /**
   * @param {string} name   for messages
   * @param {string} entry  the program's file
   * @param {Record<string, string>} env  added to a clean environment
   */
  constructor(name, entry, env) {
    this.name = name;
    this.#child = fork(entry, [], {
      execArgv: ['--import', probe],
      env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', DRAIN_PROPAGATION_MS: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', chunk => (this.#said = (this.#said + chunk).slice(-4_000)));
    }
    this.#child.on('message', ({ id, value, error }) => {
      const asked = this.#asked.get(id);
      // A server may have news of its own for the process that forked it.
      if (asked === undefined) return;
      this.#asked.delete(id);
      if (error === undefined) asked.resolve(value);
      else asked.reject(new Error(`${this.name}: ${error}`));
    });
    this.#child.once('exit', () => {
      for (const { reject } of this.#asked.values()) reject(this.#gone());
    });
  }

  /** Waits until the server answers 200 at an URL. */
  async ready(url) {
    for (let waitedMs = 0; waitedMs < startWithinMs; waitedMs += 50) {
      if (this.#child.exitCode !== null) throw this.#gone();
      const status = await fetch(url).then(
        async answer => (await answer.arrayBuffer(), answer.status),
        () => 0,
      );
      if (status === 200) return;
      await delay(50);
    }
    throw new Error(
      `${this.name} does not answer 200 at ${url} within ${startWithinMs / 1000} s. It said:\n${this.#said}`,
    );
  }

  /** @returns {Promise<number>} microseconds of CPU, user and system, all threads, since the process started */
  cpuMicros() {
    return this.#ask('cpu-micros');
  }

  startProfile() {
    return this.#ask('profile-start');
  }

  /** @returns {Promise<import('node:inspector').Profiler.Profile>} */
  stopProfile() {
    return this.#ask('profile-stop');
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    await exited;
    clearTimeout(killing);
  }

  #ask(ask) {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ id, ask }, error => error && reject(this.#gone()));
    });
  }

  #gone() {
    return new Error(`${this.name} ended (${this.#child.exitCode ?? this.#child.signalCode}). It said:\n${this.#said}`);
  }
}
