// The demo's channels follow the cases; its clock moves without losing the phone's screen.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const NEAR = 160; // pixels from the newest message: close enough to stay there
  const ROOMY = "(max-width: 1023px), (min-width: 1280px) and (min-height: 800px)";

  // ---- A channel ----

  const toNewest = (cards) => cards.scrollTo(0, cards.scrollHeight);
  const atNewest = (cards) => cards.clientHeight + cards.scrollTop > cards.scrollHeight - NEAR;

  let last = "";

  async function renew() {
    const address = document.body.dataset.cards;
    if (!address) return;
    const response = await fetch(address);
    const drawn = await response.text();
    const cards = one("#cards");
    if (!response.ok || !cards || document.body.dataset.cards !== address) return;
    const next = document.createElement("template");
    if (drawn === last) return; // nothing moved: leave what somebody is about to press
    last = drawn;
    next.innerHTML = drawn;
    const stay = atNewest(cards);
    const { name, value } = document.activeElement ?? {};
    const known = new Set(titles(cards));
    const fresh = titles(next.content).filter((title) => !known.has(title));
    cards.replaceChildren(next.content);
    const buttons = name ? [...cards.querySelectorAll(`[name="${name}"]`)] : [];
    buttons.find((button) => button.value === value)?.focus();
    if (stay) toNewest(cards);
    one("#news").textContent = fresh.join(" ");
  }

  const titles = (part) => [...part.querySelectorAll(".title")].map((e) => e.textContent.trim());

  if (document.body.dataset.page !== "demo") {
    new EventSource("/demo/live").onmessage = renew;
    // Whoever asked for earlier messages reads on from the top.
    const earlier = new URLSearchParams(location.search).has("shown");
    if (one("#cards") && !earlier) toNewest(one("#cards"));
    document.addEventListener("drawn", () => one("#cards") && toNewest(one("#cards")));
  }

  // ---- The stage ----

  const clock = one("#clock time");
  if (!clock) return;
  let server = Date.parse(clock.dateTime);
  let taken = performance.now();

  // The views come first where there is no room for the steps as well.
  one(".try").open = matchMedia(ROOMY).matches;

  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".switch a")) frames[0].dispatchEvent(new Event("quietly"));
  });

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches(".clock")) return;
    event.preventDefault();
    const { submitter, target: form } = event;
    const body = new URLSearchParams(new FormData(form, submitter));
    submitter.disabled = true;
    try {
      const response = await fetch(form.action, { method: "POST", body });
      const next = new DOMParser().parseFromString(await response.text(), "text/html");
      const time = next.querySelector("#clock time");
      if (!time) return;
      clock.textContent = time.textContent;
      clock.dateTime = time.dateTime;
      server = Date.parse(time.dateTime);
      taken = performance.now();
    } catch {
      // The clock shows that nothing moved.
    } finally {
      submitter.disabled = false;
    }
  }, true);

  setInterval(() => {
    const now = new Date(server + performance.now() - taken);
    const shown = clock.textContent;
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const text = now.toLocaleTimeString("en-GB", { ...parts, timeZone: clock.dataset.zone });
    if (!shown.endsWith(text)) clock.textContent = shown.replace(/\d\d:\d\d$/, text);
  }, 1_000);
})();
