// The slider goes by itself, and a page that waits for a drill looks again. Everything works without this.
"use strict";
(() => {
  const slide = document.querySelector(".slide");
  if (slide) slide.t.addEventListener("change", () => slide.requestSubmit());
  const play = document.querySelector(".play");
  if (play) {
    const next = document.querySelector("a[rel=next]");
    const playing = new URLSearchParams(location.search).has("play");
    play.hidden = !next && !playing;
    play.textContent = playing && next ? play.dataset.stop : play.dataset.play;
    let timer = 0;
    const go = () => location.replace(next.href + "&play=1");
    if (playing && next) timer = setTimeout(go, 1200);
    play.addEventListener("click", () => {
      if (timer) { clearTimeout(timer); timer = 0; play.textContent = play.dataset.play; } else if (next) go();
    });
  }
  const waits = document.querySelector("[data-wait]");
  if (waits) setInterval(async () => {
    try {
      const answer = await fetch(waits.dataset.wait, { headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 200) location.reload();
    } catch { /* away for a moment: asked again */ }
  }, 1000);
})();
