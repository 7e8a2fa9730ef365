// What the page does beyond links and forms; everything works without it, only less smoothly.
"use strict";

const language = document.documentElement.lang;
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** Puts what stands below `root` into the visitor's own time, and takes forms that send themselves. */
function enliven(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      time.textContent = moments.format(moment);
      time.title = time.dateTime;
    }
  }
  for (const select of root.querySelectorAll("select[data-send]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
    const button = select.form.querySelector("button");
    if (button) button.hidden = true;
  }
  for (const field of root.querySelectorAll("[data-pick]")) pick(field);
  for (const copied of root.querySelectorAll("[data-copy], .graph g[data-key]:not([data-key=''])")) {
    copied.addEventListener("click", async (event) => {
      event.preventDefault();
      await navigator.clipboard.writeText(copied.dataset.copy ?? copied.dataset.key);
      copied.classList.add("copied");
      setTimeout(() => copied.classList.remove("copied"), 1200);
    });
  }
}

/** Lets a choice among records be searched on the server. */
function pick(field) {
  const [search, select] = [field.querySelector("input.pick"), field.querySelector("select")];
  search.hidden = false;
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const answer = await fetch(`${field.dataset.pick}?q=${encodeURIComponent(search.value)}`);
      if (!answer.ok) return;
      const [none, held] = [select.options[0], select.selectedOptions[0]];
      const found = (await answer.json()).map((one) => new Option(one.title, one.id));
      const kept = held && held !== none ? [held, ...found.filter((one) => one.value !== held.value)] : found;
      select.replaceChildren(none, ...kept);
      if (held) held.selected = true;
    }, 200);
  });
}

/** A form is sent once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "yes";
});
// Back by the browser's button: the form can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

let asking = false;
let stale = false;

/** Takes the page again from the server, and puts in what has changed. */
async function refresh() {
  if (document.hidden || asking) {
    stale = true;
    return;
  }
  asking = true;
  stale = false;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (answer.redirected) return location.reload();
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of "live" in document.body.dataset ? ["main", "header nav"] : ["header nav"]) {
      const [old, now] = [document.querySelector(place), fresh.querySelector(place)];
      if (old && now) replace(old, now);
    }
  } catch {
    // The server is away; the stream connects again by itself and tells then.
  } finally {
    asking = false;
    if (stale) refresh();
  }
}

/** Replaces `old` if it differs, and leaves alone what the visitor is busy with. */
function replace(old, now) {
  enliven(now);
  if (old.innerHTML === now.innerHTML || old.contains(document.activeElement) && busy(old)) return;
  const focused = old.contains(document.activeElement) && address(document.activeElement);
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  old.replaceChildren(...now.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) old.querySelector(focused)?.focus();
}

/** Whether the visitor is in the middle of filling something in. */
function busy(root) {
  const element = document.activeElement;
  return root.contains(element) && element.matches("input, select, textarea");
}

/** How to find the focused link or button again. */
function address(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : null;
}

enliven(document);
const stream = document.body.dataset.stream;
if (stream) {
  const events = new EventSource(stream);
  events.addEventListener("message", refresh);
  document.addEventListener("visibilitychange", () => stale && refresh());
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
