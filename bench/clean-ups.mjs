/** What a program of the bench started, to be ended with it however it ends. */
export class CleanUps {
  #all = [];
  #say;

  /** @param {(line: string) => void} say  is told what could not be ended */
  constructor(say) {
    this.#say = say;
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => void this.run().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)));
    }
  }

  /** @param {() => Promise<unknown>} stop */
  add(stop) {
    this.#all.push(stop);
  }

  /** Ends what runs, the latest first; one that cannot be ended keeps none of the others alive. */
  async run() {
    while (this.#all.length > 0)
      await this.#all
        .pop()()
        .catch(error => this.#say(error.message));
  }
}
