// The outbox of the daily report: what is pressed without signal is kept on this phone, with the time, and sent later.
// It leaves only when it is on record, or when the server says that it can never be. Pressing twice is one report.
(() => {
  "use strict";
  const forms = [...document.querySelectorAll("form[data-daily]")], box = document.getElementById("kept");
  if (!box || !window.indexedDB || !window.fetch) return;
  const where = forms.length ? forms[0].dataset.daily : "/today/send";
  const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, "0")).join("");
  let busy = false;

  const open = new Promise((good, bad) => {
    const asked = indexedDB.open("dutyroom-daily", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "command" });
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
    box.hidden = !kept;
    document.getElementById("kept-count").textContent = kept;
  };
  const say = (lines, kind) => {
    const said = document.getElementById("daily-said");
    said.className = "notice " + kind;
    said.replaceChildren(...lines.map(line => Object.assign(document.createElement("p"), { textContent: line })));
    said.hidden = !lines.length;
    if (lines.length) { said.scrollIntoView({ block: "center" }); said.focus(); }
  };

  // True: it is settled, one way or the other. False: keep it and try again.
  const send = async one => {
    let answer, given;
    try {
      const body = JSON.stringify({ ...one.fields, command: one.command, reported_at: one.at, device_now: Date.now() });
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      answer = await fetch(where, { method: "POST", body, headers, signal: AbortSignal.timeout?.(60000) });
      if (answer.status === 401 || answer.status === 403) { say([box.dataset.signIn], "warn"); return false; }
      given = await answer.json();
    } catch { return false; }
    if (!answer.ok && !given.says) return false;
    await store("readwrite", s => s.delete(one.command));
    if (answer.ok) {
      say([given.recorded], "ok");
      forms.filter(form => form.elements.command.value === one.command).forEach(form => { form.hidden = true; });
    } else say([...given.says, one.fields.what || ""].filter(Boolean), "bad");
    return true;
  };
  const sendAll = async () => {
    if (busy) return;
    busy = true;
    try { for (const one of await all()) if (!await send(one)) break; } finally { busy = false; await show(); }
  };

  forms.forEach(form => form.addEventListener("submit", async event => {
    event.preventDefault();
    const field = name => form.elements[name] ? form.elements[name].value.trim() : "";
    const nothing = Boolean(event.submitter && event.submitter.name === "nothing");
    if (!nothing && !field("what")) { form.elements.what.setAttribute("aria-invalid", "true"); form.elements.what.focus(); say([box.dataset.empty], "bad"); return; }
    form.elements.what.removeAttribute("aria-invalid");
    if (!form.elements.command.value) form.elements.command.value = newId();
    const fields = { present: field("present"), case: field("case"), key: field("key") };
    if (nothing) fields.nothing = "yes"; else fields.what = field("what");
    const one = { command: form.elements.command.value, at: Date.now(), fields };
    try { await store("readwrite", s => s.put(one)); } catch { form.submit(); return; }
    form.querySelectorAll("button").forEach(button => { button.disabled = true; });
    while (busy) await new Promise(done => setTimeout(done, 100));
    await sendAll();
    if ((await all()).some(each => each.command === one.command)) form.hidden = true;
    else form.querySelectorAll("button").forEach(button => { button.disabled = false; });
  }));
  addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => document.hidden || sendAll());
  setInterval(sendAll, 15000);
  show().then(sendAll, () => {});

  if ("serviceWorker" in navigator && window.caches) {
    navigator.serviceWorker.register("/sw.js").catch(() => {});
    // The page for a day without signal: the same buttons, with nothing of anybody on it.
    caches.open("report-1").then(cache => cache.addAll(["/today/kept",
      ...[...document.querySelectorAll("link[rel=stylesheet],script[src]")].map(each => each.href || each.src)])).catch(() => {});
  }
})();
