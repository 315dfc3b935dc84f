// The same pages, a little smoother. Everything here works without this file, by plain forms.
"use strict";
(() => {
  const SLOW = 15_000; // after this long a press counts as not arrived
  const SLOW_CALL = 5_000; // after this long a call for help is not waited for in silence
  const CALL_AGAIN = 4_000; // between two tries of a call for help that did not go out
  const HIDDEN_TOO_LONG = 600_000; // nobody looks: stop listening
  const LONGEST_WAIT = 30_000; // between two tries to listen again
  const SAY_STALE_AFTER = 4_000;
  const SAID_FOR = 60_000; // what a press came to is read by then; after it the page has moved on
  const WRITTEN_ON = ["case", "details"]; // there a press draws the page anew around what is typed
  const SILENT_TOO_LONG = 40_000; // the server says something more often than twice a minute

  const one = (selector) => document.querySelector(selector);
  const page = () => document.body.dataset.page;
  const show = (id, shown) => one(id)?.toggleAttribute("hidden", !shown);

  document.documentElement.classList.add("scripted");

  // ---- Pressing a button draws the next screen in place ----

  let underway = null;
  let waiting = 0;

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const method = submitter?.getAttribute("formmethod") ?? form.method;
    if (event.defaultPrevented || method !== "post" || form.hasAttribute("data-plain")) return;
    event.preventDefault();
    press(form, submitter, submitter?.getAttribute("formaction") !== "/back");
  });

  // A call for help that does not go out is pressed again and again, until it does or until the
  // person presses something else. However often it arrives, it is one call.
  async function press(form, submitter, forward, again = false) {
    const data = new FormData(form, submitter);
    const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
    const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
    const calls = Boolean(submitter?.hasAttribute("data-calls"));
    clearTimeout(waiting);
    underway?.abort(); // the last press counts: Help never waits for another
    const mine = (underway = new AbortController());
    // Files take as long as they take; everything else that takes long did not arrive.
    const files = form.hasAttribute("data-upload");
    const chosen = files ? data.getAll("file").map((file) => file.name) : [];
    const timers = files ? [] : [setTimeout(() => mine.abort("slow"), SLOW)];
    show("#sending", files);
    if (!again) {
      if (submitter) submitter.disabled = true;
      if (calls) timers.push(setTimeout(() => trouble(submitter), SLOW_CALL));
      show("#trouble", false);
    }
    try {
      const response = await fetch(address, { method: "POST", body, signal: mine.signal });
      const next = new DOMParser().parseFromString(await response.text(), "text/html");
      const { page: kind } = next.body.dataset;
      if (!kind) throw new Error("not a page of ours");
      if (response.status >= 500 && (calls || kind !== page()))
        throw new Error("the words, or the call, would be lost");
      if (underway !== mine) return true;
      nameFiles(next, chosen);
      draw(next, submitter, forward);
      return true;
    } catch {
      if (underway !== mine) return true;
      show("#sending", false);
      trouble(submitter);
      if (calls) waiting = setTimeout(() => press(form, submitter, forward, true), CALL_AGAIN);
      return false;
    } finally {
      timers.forEach(clearTimeout);
      if (submitter) submitter.disabled = false;
      if (underway === mine) underway = null;
    }
  }

  // What each file is called, which the server never reads.
  function nameFiles(next, chosen) {
    next.querySelectorAll(".became .named").forEach((named, number) => {
      named.textContent = chosen[number] ?? "";
      named.hidden = !chosen[number];
    });
  }

  // A kind of photo that is kept as it is, place and all: said before anything is sent.
  document.addEventListener("change", ({ target }) => {
    if (target.id !== "file") return;
    const kept = [...target.files].some((file) => /\.hei[cf]s?$/i.test(file.name));
    one("#heic").classList.toggle("problem", kept);
  });

  function trouble(pressed) {
    const calls = Boolean(pressed?.hasAttribute("data-calls"));
    if (pressed) pressed.disabled = false;
    show("#unsent", !calls);
    show("#uncalled", calls);
    show("#trouble", true);
  }

  let drawnAt = performance.now();

  function draw(next, pressed, forward) {
    drawnAt = performance.now();
    const before = document.body;
    const same = next.body.dataset.page === before.dataset.page
      && next.body.dataset.step === before.dataset.step;
    const place = { inside: one("#scroll")?.scrollTop ?? 0, outside: scrollY };
    const active = pressed ?? document.activeElement;
    document.documentElement.lang = next.documentElement.lang;
    document.title = next.title;
    const typed = same && WRITTEN_ON.includes(page()) ? unsent(pressed?.closest(".compose")) : [];
    before.replaceWith(document.adoptNode(next.body));
    for (const { id, value } of typed) {
      const again = document.getElementById(id);
      if (again) again.value = value;
    }
    if (before.dataset.language !== document.body.dataset.language) keepLanguage();
    if (forward && !same && one("#screen")) history.pushState(null, "");
    guarded = page() === "case";
    settle(same, place, active);
    watch();
    listen();
    document.dispatchEvent(new Event("drawn"));
  }

  // What was typed beside the button that was pressed, and is not sent by it.
  const unsent = (sent) =>
    [...document.querySelectorAll("textarea")].filter((field) => field.value && !sent?.contains(field));

  // Whoever loads the page again reads it in the language that they chose.
  function keepLanguage() {
    const address = new URL(location.href);
    address.searchParams.set("lang", document.body.dataset.language);
    history.replaceState(history.state, "", address);
  }

  function settle(same, place, active) {
    // What is wrong with a field is said at it, below much else on a small screen.
    const said = one("[aria-invalid]") ?? one("#problem, #notice");
    const again = same && active?.name ? twin(active) : null;
    // On a low window the page itself scrolls. A new screen is read from its top.
    one("#scroll")?.scrollTo(0, same ? place.inside : 0);
    scrollTo(0, same ? place.outside : 0);
    if (said) said.focus();
    else if (again) again.focus({ preventScroll: true });
    else one("h1")?.focus({ preventScroll: true });
  }

  function twin(button) {
    const all = document.querySelectorAll(`${button.localName}[name="${CSS.escape(button.name)}"]`);
    return [...all].find((other) => other.value === button.value) ?? null;
  }

  // ---- The browser's Back is the Back on the page ----

  let guarded = page() === "case";

  addEventListener("popstate", () => {
    const back = one('[formaction="/back"]');
    if (back) press(back.form, back, false).then((went) => went || history.pushState(null, ""));
    else if (guarded) {
      history.pushState(null, "");
      warn();
    } else if (page() !== "channel" && page() !== "demo") {
      goQuietly();
      location.reload();
    }
  });

  function warn() {
    guarded = false;
    show("#leaving", true);
    one("#leaving").scrollIntoView({ block: "center" });
  }

  // ---- A receipt or a running call is not lost to a reload: the browser asks first ----

  const calling = () => Boolean(one("#live [data-calling]"));
  const losable = () =>
    page() === "case" && (calling() || Boolean(one(".keep, [formaction='/case/left']")));

  function ask(event) {
    event.preventDefault();
    event.returnValue = true; // for browsers that only know this one
  }

  function watch() {
    if (losable()) addEventListener("beforeunload", ask);
    else goQuietly();
  }

  function goQuietly() {
    removeEventListener("beforeunload", ask);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('.home a, [href^="tel:"]');
    if (!link || !losable() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (guarded && link.closest(".home")) {
      event.preventDefault(); // the page's own question, in its own words
      warn();
      return;
    }
    goQuietly();
    setTimeout(watch, 1_000); // a phone call leaves the page where it is
  });
  addEventListener("quietly", goQuietly); // the demo around this page draws it anew

  // ---- Out of sight: the link at the top, or Escape twice ----

  let escaped = 0;

  function leave(link) {
    document.body.hidden = true;
    goQuietly();
    location.replace(link.href);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a.leave[href^="/memo"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    leave(link);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const link = one('a.leave[href^="/memo"]');
    if (link && event.timeStamp - escaped < 800) leave(link);
    escaped = event.timeStamp;
  });

  // ---- What is asked before a press is seen where it unfolds, at the foot of a small screen ----

  document.addEventListener("click", ({ target }) => {
    const asked = target.closest?.(".confirm > summary")?.parentElement;
    if (asked) requestAnimationFrame(() => asked.scrollIntoView({ block: "nearest" }));
  });

  // ---- A case's page follows the case ----

  let listening = null;

  function listen() {
    listening?.abort();
    listening = null;
    if (page() === "case" && !document.hidden) follow((listening = new AbortController()));
  }

  async function follow(mine) {
    let lost = 0;
    const stale = () => mine.signal.aborted || show("#stale", true);
    const missing = () => (lost ||= setTimeout(stale, SAY_STALE_AFTER));
    missing();
    for (let wait = 1_000; !mine.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        await hear(mine.signal, () => {
          clearTimeout(lost);
          lost = 0;
          show("#stale", false);
          wait = 1_000;
        });
      } catch {
        // The next round tries again.
      }
      missing();
      const pause = wait + Math.random() * 500;
      if (!mine.signal.aborted) await new Promise((go) => setTimeout(go, pause));
    }
    clearTimeout(lost);
  }

  async function hear(following, heard) {
    const mine = new AbortController();
    const stop = () => mine.abort();
    following.addEventListener("abort", stop);
    let silence = setTimeout(stop, SILENT_TOO_LONG);
    try {
      await read(mine.signal, () => {
        clearTimeout(silence);
        silence = setTimeout(stop, SILENT_TOO_LONG);
        heard();
      });
    } finally {
      clearTimeout(silence);
      following.removeEventListener("abort", stop);
    }
  }

  async function read(signal, heard) {
    const { pass, lang, resume } = Object.fromEntries(new FormData(one("#screen")));
    const body = new FormData();
    body.set("pass", pass);
    body.set("lang", lang);
    if (resume) body.set("resume", resume);
    const response = await fetch("/case/live", { method: "POST", body, signal });
    if (!response.ok) throw new Error("refused");
    heard();
    if (response.status === 204) {
      // The page has closed: it says so, and keeps what is being written.
      if (!underway) press(one("#screen"), null, false);
      throw new Error("closed");
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop();
      for (const text of events) {
        const data = text.split(/\r?\n/).filter((line) => line.startsWith("data:"));
        const json = data.map((line) => line.slice("data:".length)).join("\n");
        if (json && !signal.aborted) renew(JSON.parse(json));
        heard();
      }
    }
  }

  let lastDrawn = null;

  function renew(html) {
    const live = one("#live");
    if (!live || html === lastDrawn) return;
    lastDrawn = html;
    const next = document.createElement("template");
    next.innerHTML = html;
    if (next.innerHTML === live.innerHTML) return;
    const active = live.contains(document.activeElement) ? document.activeElement : null;
    const known = new Set(lines(live));
    const fresh = lines(next.content).filter((line) => !known.has(line));
    const asked = Boolean(live.querySelector(".confirm[open]"));
    live.replaceChildren(next.content);
    live.querySelector(".confirm")?.toggleAttribute("open", asked); // whoever is asked goes on reading
    if (performance.now() - drawnAt > SAID_FOR) one("#notice")?.remove();
    if (active) (active.name ? twin(active) : null)?.focus({ preventScroll: true });
    one("#news").textContent = fresh.join(" ");
    watch();
    // A call that begins or ends changes the keys below as well.
    const keys = Boolean(one(".keys [href]"));
    if (keys !== calling() && !underway) press(one("#screen"), null, false);
  }

  const lines = (part) =>
    [...part.querySelectorAll("h1, .strong, .timeline li, .letter")].map((line) =>
      line.textContent.trim().replace(/\s+/g, " "),
    );

  let hiddenFor = 0;

  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiddenFor);
    if (!document.hidden && !listening) listen();
    if (document.hidden)
      hiddenFor = setTimeout(() => {
        listening?.abort();
        listening = null;
      }, HIDDEN_TOO_LONG);
  });
  addEventListener("online", () => listening && listen());
  addEventListener("offline", () => listening && show("#stale", true));

  watch();
  listen();
})();
