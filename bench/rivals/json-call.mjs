const JSON_HEADERS = ['content-type', 'application/json'];

/**
 * One GET, or a POST where there is a body, over undici's `dispatch`, as an engineer who counts microseconds would write it by hand: collects the body,
 * parses it, tells the one who waits. It is the undici handler itself, so that a call is one object.
 */
export class JsonCall {
  #first;
  #more;
  #status = 0;
  #done;
  #failed;

  /**
   * @param {import('undici').Pool} pool
   * @param {string} path
   * @param {(value: any) => void} done
   * @param {(error: Error) => void} failed
   * @param {string} [body]  JSON text
   */
  constructor(pool, path, done, failed, body) {
    this.#done = done;
    this.#failed = failed;
    pool.dispatch(
      body === undefined ? { path, method: 'GET' } : { path, method: 'POST', headers: JSON_HEADERS, body },
      this,
    );
  }

  onConnect() {}

  onHeaders(status) {
    this.#status = status;
    return true;
  }

  onData(chunk) {
    if (this.#first === undefined) this.#first = chunk;
    else (this.#more ??= [this.#first]).push(chunk);
    return true;
  }

  onComplete() {
    if (this.#status !== 200) return this.#failed(new Error(`status ${this.#status}`));
    let value;
    try {
      value = JSON.parse((this.#more ? Buffer.concat(this.#more) : this.#first).toString());
    } catch (error) {
      return this.#failed(error);
    }
    this.#done(value);
  }

  onError(error) {
    this.#failed(error);
  }
}
