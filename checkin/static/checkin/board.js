// Renews the live board while somebody looks at it: by the server's stream, or, where none is free, by asking again.
const POLL = 5_000; // ms between two questions
const AGAIN = 60_000; // ms after which a stream is tried once more
const PATIENCE = 10_000; // ms without a word from the server before the board says so
const FORGOTTEN = 5 * 60_000; // ms: an alert that comes back within them is the same one, flickering at its limit

const part = document.querySelector("[data-part]");
const news = document.querySelector("[data-news]");
const stale = document.querySelector("[data-stale]");
const told = new Map(); // keys of alerts → when they were last there
let source = null;
let timer = 0;
let doubt = 0;
let triedAt = 0;
let etag = null;

function alerts() {
  return [...part.querySelectorAll("[data-alert]")];
}

/** Say to those who do not see the board what is new on it, each cause once. */
function tellNews() {
  const now = Date.now();
  const fresh = alerts().filter(({ dataset }) => !told.has(dataset.alert) || now - told.get(dataset.alert) > FORGOTTEN);
  for (const { dataset } of alerts()) told.set(dataset.alert, now);
  if (!fresh.length) return;
  news.replaceChildren(...fresh.map((alert) => {
    const line = document.createElement("p");
    line.textContent = alert.textContent;
    return line;
  }));
}

function heard() {
  clearTimeout(doubt);
  doubt = 0;
  stale.hidden = true;
}

function show(html) {
  heard();
  const open = [...part.querySelectorAll("details[open]")].map(({ id }) => id);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  part.innerHTML = html;
  for (const id of open) part.querySelector(`#${id}`)?.setAttribute("open", "");
  if (focused) sameAs(focused)?.focus({ preventScroll: true });
  tellNews();
}

function sameAs(element) {
  const details = element.closest("details");
  if (element.matches("summary") && details) return part.querySelector(`#${details.id} > summary`);
  return element.matches("a") ? part.querySelector(`a[href="${CSS.escape(element.getAttribute("href"))}"]`) : null;
}

function follow() {
  clearTimeout(timer);
  triedAt = Date.now();
  source = new EventSource(part.dataset.stream);
  source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("open", heard);
  source.addEventListener("error", () => {
    doubt ||= setTimeout(() => (stale.hidden = false), PATIENCE);
    if (source?.readyState !== EventSource.CLOSED) return; // ended as it should: it comes back by itself
    source = null;
    poll();
  });
}

async function poll() {
  clearTimeout(timer);
  try {
    const headers = { "X-Requested-With": "XMLHttpRequest", ...(etag && { "If-None-Match": etag }) };
    const response = await fetch(part.dataset.part, { headers, cache: "no-store" });
    // A session that has ended answers with the sign-in page, which does not belong in here.
    if (response.ok && !response.redirected) {
      etag = response.headers.get("ETag");
      show(await response.text());
    }
    if (response.status === 304) heard();
    else if (!response.ok || response.redirected) stale.hidden = false;
  } catch {
    stale.hidden = false;
  }
  if (document.hidden || source) return;
  timer = setTimeout(Date.now() - triedAt > AGAIN ? follow : poll, POLL);
}

function rest() {
  clearTimeout(timer);
  clearTimeout(doubt);
  doubt = 0;
  source?.close();
  source = null;
}

if (part) {
  for (const { dataset } of alerts()) told.set(dataset.alert, Date.now()); // read with the page itself
  follow();
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : follow()));
  addEventListener("pagehide", rest);
}
