/**
 * The page's hold on the decoding worker: one picture in, a text or null out. It starts the worker when first asked.
 */

export class Decoder {
  #addresses;
  #worker = null;
  #answer = null;
  #ready = null;

  constructor(addresses) {
    this.#addresses = addresses;
  }

  /** Resolves once pictures can be read; rejects when this browser cannot run the reader. */
  ready() {
    this.#ready ??= new Promise((resolve, reject) => {
      this.#worker = new Worker(this.#addresses.worker);
      this.#worker.onerror = (event) => reject(new Error(event.message || "worker"));
      this.#worker.onmessage = ({ data }) => (data.ready ? resolve() : reject(new Error(data.failed)));
      this.#worker.postMessage({ reader: this.#addresses.reader, wasm: this.#addresses.wasm });
    }).then(
      () => this.#listen(),
      (error) => {
        this.stop();
        throw error;
      },
    );
    return this.#ready;
  }

  /** The text of the QR code in a picture, or null. The picture's memory moves to the worker. */
  read(picture) {
    return new Promise((resolve) => {
      this.#answer = resolve;
      const { width, height, data } = picture;
      this.#worker.postMessage({ width, height, buffer: data.buffer }, [data.buffer]);
    });
  }

  stop() {
    this.#worker?.terminate();
    this.#worker = this.#ready = null;
    this.#reply(null);
  }

  #listen() {
    this.#worker.onerror = () => this.#reply(null);
    this.#worker.onmessage = ({ data }) => this.#reply(data.text ?? null);
  }

  #reply(text) {
    this.#answer?.(text);
    this.#answer = null;
  }
}
