// What the page does beyond links and forms; everything works without it, only less smoothly.
"use strict";

const language = document.documentElement.lang;
const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** Puts moments below `root` into the visitor's own time, and has things answer to clicks and keys. */
function enliven(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) {
      time.textContent = moments.format(moment);
      time.title = time.dateTime;
    }
  }
  for (const field of root.querySelectorAll("[data-pick]")) pick(field);
  for (const file of root.querySelectorAll("input[type=file][data-into]")) take(file);
  for (const drop of root.querySelectorAll("[data-drop]")) {
    drop.hidden = false;
    drop.addEventListener("click", () => {
      const rows = drop.closest(".rows");
      drop.closest(".row").remove();
      rows.parentElement.querySelector("[data-more]").focus();
    });
  }
  for (const more of root.querySelectorAll("[data-more]")) more.addEventListener("click", addRow);
  for (const shown of root.querySelectorAll("[data-whole], [data-ticked]")) shown.hidden = false;
  for (const graph of root.querySelectorAll(".graph svg")) {
    graph.setAttribute("role", "group");
    for (const node of graph.querySelectorAll("g[data-key]:not([data-key=''])")) {
      node.setAttribute("role", "button");
      node.setAttribute("tabindex", "0");
      node.setAttribute("aria-label", [...node.querySelectorAll("text")].map((text) => text.textContent).join(" "));
    }
  }
  for (const copied of root.querySelectorAll("[data-copy], .graph [role=button]")) {
    // A page that is drawn anew still says what was copied.
    copied.classList.toggle("copied", copiedText(copied) === lastCopied);
    if (!copied.classList.length) copied.removeAttribute("class");
    copied.addEventListener("click", () => copy(copied));
    if (copied.tagName === "BUTTON") continue;
    copied.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      copy(copied);
    });
  }
}

/** Puts a chosen file into the text that is sent, and says how it is written. */
function take(file) {
  file.closest("[hidden]")?.removeAttribute("hidden");
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    const { [file.dataset.into]: text, format } = file.form.elements;
    text.value = await chosen.text();
    format.value = chosen.name.endsWith(".json") ? "json" : "csv";
  });
}

/** Says how many records of a table are selected, and whether these are all of the page. */
function count() {
  const form = document.querySelector("#several");
  if (!form) return;
  const all = [...form.elements].filter((one) => one.name === "ticked");
  const ticked = all.filter((one) => one.checked).length;
  const whole = document.querySelector("[data-whole]");
  form.querySelector("output").textContent = ticked;
  whole.checked = ticked > 0 && ticked === all.length;
  whole.indeterminate = ticked > 0 && ticked < all.length;
}
document.addEventListener("change", ({ target }) => {
  if (target.form?.id !== "several") return;
  const all = "whole" in target.dataset ? target.form.elements : [];
  for (const one of all) if (one.name === "ticked") one.checked = target.checked;
  count();
});
addEventListener("pageshow", count);

let lastCopied;

function copiedText(element) {
  return element.dataset.copy ?? element.dataset.key;
}

/** Copies what an element stands for; where the browser refuses, it is selected to be copied by hand. */
async function copy(element) {
  const text = copiedText(element);
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  if (!isCopied && !copySelected(text, element)) return getSelection().selectAllChildren(element);
  lastCopied = text;
  for (const other of document.querySelectorAll(".copied")) other.classList.remove("copied");
  element.classList.add("copied");
}

/** Copies as a key does: browsers that came without TLS have no `navigator.clipboard`. */
function copySelected(text, back) {
  const field = document.createElement("textarea");
  Object.assign(field, { value: text, readOnly: true, className: "hidden" });
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  back.focus({ preventScroll: true });
  return isCopied;
}

let added = 0;

/** Adds a row to those of a form; without the script the server draws the form again with one more. */
function addRow(event) {
  event.preventDefault();
  const place = event.currentTarget.parentElement;
  const row = place.querySelector("template").content.firstElementChild.cloneNode(true);
  added += 1;
  for (const element of row.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("[+]")) element.setAttribute(name, value.replaceAll("[+]", `[n${added}]`));
    }
  }
  enliven(row);
  place.querySelector(".rows").append(row);
  row.querySelector("input:not([type=hidden]), select, textarea").focus();
}

/** Searches a choice among records on the server while one types. */
function pick(field) {
  const find = field.querySelector(".find");
  const [search, told] = [find.querySelector("input[type=search]"), find.querySelector("[role=status]")];
  const [select, ticks] = [field.querySelector("select"), field.querySelector(".offers")];
  // Nothing of the search is sent with the form.
  for (const other of find.querySelectorAll("button, input[type=hidden]")) other.remove();
  search.removeAttribute("name");

  const offer = (found) => {
    if (select) {
      const held = select.value;
      const fixed = [...select.options].filter((one) => ["", "new", held].includes(one.value));
      const others = found.filter((one) => one.id !== held).map((one) => new Option(one.title, one.id));
      select.replaceChildren(...fixed, ...others);
      select.value = held;
    } else {
      const held = [...ticks.querySelectorAll("label:has(:checked)")];
      const ids = held.map((label) => label.querySelector("input").value);
      const others = found.filter((one) => !ids.includes(one.id)).map((one) => tick(field.dataset.many, one));
      ticks.replaceChildren(...held, ...others);
    }
  };
  let [waiting, latest] = [0, 0];
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++latest;
      search.setAttribute("aria-busy", "true");
      const answer = await fetch(`${field.dataset.pick}?q=${encodeURIComponent(search.value)}`);
      if (mine !== latest) return;
      search.removeAttribute("aria-busy");
      if (!answer.ok) return;
      const found = await answer.json();
      offer(found.records);
      told.textContent = search.value ? found.told ?? "" : "";
    }, 200);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    (select ?? ticks.querySelector("label:not(:has(:checked)) input") ?? search).focus();
  });
}

/** A record that can be ticked. */
function tick(name, { id, title }) {
  const [label, input] = [document.createElement("label"), document.createElement("input")];
  label.className = "tick";
  Object.assign(input, { type: "checkbox", name, value: id });
  label.append(input, ` ${title}`);
  return label;
}

/** A form is sent once, however often its button is pressed, and says that it is under way. */
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  const pressed = event.submitter?.matches(".hidden") ? form.querySelector(".buttons button") : event.submitter;
  if (!pressed) return;
  // Not `disabled`: its value would not be sent.
  pressed.setAttribute("aria-disabled", "true");
  if (form.method === "post") {
    pressed.dataset.label = pressed.textContent;
    pressed.textContent = document.body.dataset.busy ?? pressed.textContent;
  }
});
// Back by the browser's button: the form can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
  for (const pressed of document.querySelectorAll("button[aria-disabled]")) {
    pressed.removeAttribute("aria-disabled");
    if (pressed.dataset.label) pressed.textContent = pressed.dataset.label;
  }
});

let dragged;

/** A card is dragged to another column by sending the form that stands on it. */
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("li[draggable]")?.querySelector("form[data-move]");
});
for (const over of ["dragenter", "dragover", "drop", "dragend"]) {
  document.addEventListener(over, (event) => {
    const lane = dragged && event.target.closest?.("[data-lane]");
    for (const other of document.querySelectorAll(".lane.over")) other.classList.toggle("over", other === lane);
    if (lane) {
      event.preventDefault();
      lane.classList.toggle("over", over === "dragover" || over === "dragenter");
    }
    if (over === "drop" && lane) {
      const select = dragged.elements.namedItem("to");
      const moves = select.value !== lane.dataset.lane;
      select.value = lane.dataset.lane;
      if (moves) dragged.requestSubmit();
    }
    if (over === "drop" || over === "dragend") dragged = undefined;
  });
}

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
      if (old && now) {
        enliven(now);
        become(old, now);
      }
    }
    count();
  } catch {
    // The server is away; the stream connects again by itself and tells then.
  } finally {
    asking = false;
    if (stale) refresh();
  }
}

/** What the script or the visitor sets, and the server does not know of. */
const OWN = ["open", "data-sent", "aria-busy", "aria-disabled", "data-label"];

/** Makes `old` what `now` is; what is the same stays, with its focus and how far it is scrolled. */
function become(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeName !== now.nodeName) return old.replaceWith(now);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = now.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !OWN.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value && !OWN.includes(name)) old.setAttribute(name, value);
  }
  let at = old.firstChild;
  for (const child of [...now.childNodes]) {
    const same = partner(at, child);
    // What was before it is gone, or comes later.
    if (same && same !== at) old.insertBefore(same, at);
    if (!same) old.insertBefore(child, at);
    else {
      if (same === at) at = at.nextSibling;
      become(same, child);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** What `child` was before, from `at` on: the entry for the same thing, or else what stands there. */
function partner(at, child) {
  const named = name(child);
  for (let one = at; one && named; one = one.nextSibling) if (name(one) === named) return one;
  return at && !named && !name(at) && at.nodeName === child.nodeName ? at : null;
}

/** What an entry of a list is about, whatever stands around it. */
function name(node) {
  // A form may have a field that is called `id`.
  const id = node.getAttribute?.("id");
  if (id) return id;
  if (node.nodeName === "TR" || node.nodeName === "LI") return node.querySelector("a")?.getAttribute("href");
  if (node.nodeName === "SECTION") return node.getAttribute("aria-label") ?? node.querySelector("h2")?.textContent;
  return node.dataset?.key;
}

enliven(document);
// On a phone, where one is may stand beside what is to be seen; the keyboard still begins before it.
const here = document.querySelector("header nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;
const stream = document.body.dataset.stream;
if (stream) {
  const events = new EventSource(stream);
  events.addEventListener("message", refresh);
  document.addEventListener("visibilitychange", () => stale && refresh());
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
