/**
 * Reads QR codes off the main thread, so that a verdict never waits for a picture. A classic worker, because zxing-wasm
 * comes as a classic script. First message: the addresses of reader and WebAssembly; then one picture at a time.
 */
"use strict";

// "QRCodeModel2" and not "QRCode": that one includes Micro QR, which reads noise as short numbers.
const OPTIONS = {
  formats: ["QRCodeModel2"],
  maxNumberOfSymbols: 4, // two badges in one picture have to be told from one
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
};

async function prepare({ reader, wasm }) {
  importScripts(reader);
  const overrides = {
    locateFile: () => wasm, // the default is a public CDN: nothing may be fetched from outside
    printErr: (line) => console.warn(line), // the volunteer is told on the screen; this is for who looks closer
  };
  await ZXingWASM.prepareZXingModule({ overrides, fireImmediately: true });
}

async function read({ buffer, width, height }) {
  const picture = new ImageData(new Uint8ClampedArray(buffer), width, height);
  const found = await ZXingWASM.readBarcodes(picture, OPTIONS);
  return found.map(({ text }) => text);
}

self.onmessage = async ({ data }) => {
  try {
    if (data.reader) {
      await prepare(data);
      self.postMessage({ ready: true });
    } else {
      const texts = await read(data);
      self.postMessage({ texts, buffer: data.buffer }, [data.buffer]);
    }
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
};
