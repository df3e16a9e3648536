{% autoescape off %}/**
 * Keeps the scanning app on the phone, so that it opens without a network. Scans and the API never pass through here.
 */
const CACHE = "door-{{ version }}";
const PAGE = "{{ page|escapejs }}";
const KEPT = [{% for address in kept %}
  "{{ address|escapejs }}",{% endfor %}
];

// All or nothing: a half-filled cache would mix two versions of the app.
self.addEventListener("install", (event) => {
  const fresh = KEPT.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const forget = (names) => names.filter((name) => name.startsWith("door-") && name !== CACHE).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(forget(names))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || pathname.startsWith("/api/")) return;
  const wanted = mode === "navigate" && pathname === PAGE ? PAGE : event.request;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(wanted, { ignoreVary: true })).then((kept) => kept ?? fetch(event.request)));
});
{% endautoescape %}
