/**
 * Where the app starts: reads what the page brought along, opens the phone's store, keeps the service worker current.
 */

import { Api } from "./api.js";
import { App } from "./app.js";
import { Decoder } from "./decoder.js";
import { Delivery } from "./delivery.js";
import { el } from "./dom.js";
import { Knowledge } from "./knowledge.js";
import { Signals } from "./signals.js";
import { Store } from "./store.js";
import { Texts } from "./texts.js";

const brought = (id) => JSON.parse(document.getElementById(id).textContent);

async function start() {
  const settings = brought("door-settings");
  const texts = new Texts(brought("door-texts"));
  keepOffline(settings.service_worker);
  let store;
  try {
    store = await Store.open();
  } catch {
    return tell(texts.get("app.no_storage"));
  }
  const api = new Api(settings.api);
  const decoder = new Decoder(settings.decoder);
  const knowledge = new Knowledge(store, api);
  const delivery = new Delivery(store, api, knowledge);
  const app = new App({ settings, texts, store, api, decoder, delivery, knowledge, signals: new Signals() });
  await app.start();
}

function tell(text) {
  document.getElementById("app").replaceChildren(el("div", { class: "screen screen--narrow" }, el("h1", {}, text)));
}

function keepOffline(address) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const updating = Boolean(workers.controller); // the very first worker brings nothing new
  workers.register(address).catch(() => {}); // the app works without; it only cannot open without a network
  let outdated = false;
  workers.addEventListener("controllerchange", () => {
    outdated = updating;
  });
  // Never in the middle of a shift's work: when the volunteer comes back to the page, nothing is under way.
  document.addEventListener("visibilitychange", () => {
    if (outdated && document.visibilityState === "visible") location.reload();
  });
}

start();
