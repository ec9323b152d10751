// Lets the report page open without signal, and the buttons of the daily report. It keeps report pages, the daily
// report's page as it is for nobody, and their style sheets and scripts: no page of a signed-in person is ever kept.
"use strict";
const KEPT = "report-1";
const DAILY = "/today";
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
  } else if (request.mode === "navigate" && path === DAILY) {
    event.respondWith(fetch(request).catch(async error => {
      const kept = await caches.match(DAILY + "/kept");
      if (kept) return kept;
      throw error;
    }));
  }
});
