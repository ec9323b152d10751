// Lets the report page open without signal. It keeps report pages and their style sheet and script, nothing else:
// no page of a signed-in person is ever kept.
"use strict";
const KEPT = "report-1";
const isReport = path => /^\/r\/[^/]+$/.test(path);
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await clients.claim();
})()));
addEventListener("fetch", event => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (path.startsWith("/static/")) {
    event.respondWith(caches.match(request).then(kept => kept || fetch(request)));
  } else if (request.mode === "navigate" && isReport(path)) {
    event.respondWith(fetch(request).then(async answer => {
      if (answer.ok) await (await caches.open(KEPT)).put(path, answer.clone());
      return answer;
    }).catch(async error => {
      const kept = await caches.match(path);
      if (kept) return kept;
      throw error;
    }));
  }
});
