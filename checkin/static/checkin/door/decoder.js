/**
 * The page's hold on the decoding worker: one picture in, the texts in it out. It starts the worker when first asked.
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

  /** The texts of the QR codes in a picture, often none. The picture's memory moves to the worker. */
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
    this.#reply([]);
  }

  #listen() {
    this.#worker.onerror = () => this.#reply([]);
    this.#worker.onmessage = ({ data }) => this.#reply(data.texts ?? []);
  }

  #reply(texts) {
    this.#answer?.(texts);
    this.#answer = null;
  }
}
