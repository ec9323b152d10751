// The outbox of the report page: what is written without signal is kept on this phone until the server has it.
// A report is put into IndexedDB first and sent then; it leaves only with a receipt, or when the server names faults
// to mend. Its identifier is made here, so sending twice is one report.
(() => {
  "use strict";
  const form = document.querySelector("form[data-outbox]");
  if (!form || !window.indexedDB || !window.fetch) return;
  const page = "<!doctype html>" + document.documentElement.outerHTML;
  const $ = id => document.getElementById(id);
  const here = location.pathname;
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, "0")).join("");
  let draft = newId(), busy = false;

  const open = new Promise((good, bad) => {
    const asked = indexedDB.open("dutyroom-outbox", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "id" });
    asked.onsuccess = () => good(asked.result);
    asked.onerror = asked.onblocked = () => bad(asked.error);
  });
  const store = async (mode, work) => {
    const db = await open;
    return new Promise((good, bad) => {
      const change = db.transaction("reports", mode, { durability: "strict" });
      const asked = work(change.objectStore("reports"));
      change.oncomplete = () => good(asked.result);
      change.onerror = change.onabort = () => bad(change.error);
    });
  };
  const all = () => store("readonly", s => s.getAll());

  const show = async () => {
    const kept = (await all()).length;
    $("outbox").hidden = !kept;
    $("outbox-count").textContent = kept;
  };
  const say = (lines, kind) => {
    $("said").className = "notice " + kind;
    $("said").replaceChildren(...lines.map(line => Object.assign(document.createElement("p"), { textContent: line })));
    $("said").hidden = !lines.length;
    if (lines.length) $("said").scrollIntoView({ block: "center" });
  };
  const receipt = answer => {
    $("receipt-code").textContent = answer.receipt;
    $("receipt-at").textContent = answer.at;
    $("receipt-refused").replaceChildren(...answer.refused.map(line =>
      Object.assign(document.createElement("p"), { className: "notice warn", textContent: line })));
    $("receipt").hidden = false;
    form.hidden = true;
    $("receipt").focus();
  };

  // True: it is settled, one way or the other. False: keep it and try again.
  const send = async one => {
    const body = new FormData();
    one.fields.forEach(([name, value]) => body.append(name, value));
    one.files.forEach(([name, file]) => body.append(name, file));
    body.set("command", one.id);
    body.set("reported_at", one.at);
    body.set("device_now", Date.now());
    let answer, given;
    try {
      answer = await fetch(one.url, { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout?.(60000) });
      given = await answer.json();
    } catch { return false; }
    if (answer.ok && given.receipt) {
      await store("readwrite", s => s.delete(one.id));
      if (one.url === here) { receipt(given); draft = newId(); }
      return true;
    }
    if (answer.status === 413 && one.files.length) {
      await store("readwrite", s => s.put({ ...one, files: [] }));
      return false;
    }
    if (answer.status === 400 && given.faults && one.id === draft) {
      await store("readwrite", s => s.delete(one.id));
      say(given.faults.map(fault => fault.says), "bad");
      const field = form.elements[given.faults[0].field];
      if (field && field.focus) { field.setAttribute("aria-invalid", "true"); field.focus(); }
      return true;
    }
    if (given.error) say([given.error], "bad");
    return false;
  };
  const sendAll = async () => {
    if (busy) return;
    busy = true;
    try { for (const one of await all()) await send(one); } finally { busy = false; await show(); }
  };

  form.addEventListener("submit", async event => {
    event.preventDefault();
    say([], "");
    const missing = ["where", "affected", "what"].map(name => form.elements[name]).filter(each => !each.value.trim());
    form.querySelectorAll("[aria-invalid]").forEach(each => each.removeAttribute("aria-invalid"));
    missing.forEach(each => each.setAttribute("aria-invalid", "true"));
    if (missing.length) { missing[0].focus(); return; }
    const entries = [...new FormData(form)].filter(([name]) => name !== "command");
    const one = {
      id: draft, url: here, at: Date.now(),
      fields: entries.filter(([, value]) => typeof value === "string"),
      files: entries.filter(([, value]) => value instanceof File && value.size).slice(0, 5),
    };
    $("send").disabled = true;
    try { await store("readwrite", s => s.put(one)); } catch { form.submit(); return; }
    while (busy) await new Promise(done => setTimeout(done, 100));
    await sendAll();
    $("send").disabled = false;
    // Kept, not sent: the form is free for the next report, which gets its own identifier.
    if ((await all()).some(each => each.id === one.id)) { draft = newId(); form.reset(); $("outbox").scrollIntoView({ block: "center" }); }
  });
  $("photos").addEventListener("change", event => { event.target.closest("details").open = true; });
  addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => document.hidden || sendAll());
  setInterval(sendAll, 15000);
  show().then(sendAll, () => {});

  if ("serviceWorker" in navigator && window.caches) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
    // A copy of this page as it came, for the day without signal; from then on the worker keeps it fresh.
    caches.open("report-1").then(async cache => {
      await cache.addAll([...document.querySelectorAll("link[rel=stylesheet],script[src]")].map(each => each.href || each.src));
      if (!await cache.match(here)) await cache.put(here, new Response(page, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'" } }));
    }).catch(() => {});
  }
})();
