// Runs once, when Gradio has put the results on the page. In scope: `element` (the results),
// `trigger` (calls an event of the results in Python), `watch` (runs after they have changed).

const COPIED_FOR = 2000;
const DEFAULT_COUNT = "5"; // as in app/asked.py

const results = () => element.querySelector(".rq-results");
const address = () => new URL(window.location.href);

const OURS = ["q", "k", "report", "section", "each"];

// The parameters of an address that say what was asked, in their order.
function queryOf(search) {
  const query = new URLSearchParams(search);
  return new URLSearchParams([...query].filter(([name]) => OURS.includes(name)));
}

// The address with the question in it; other parameters of the page stay, but for the tab.
function addressOf(query) {
  const url = address();
  for (const name of [...OURS, "tab"]) url.searchParams.delete(name);
  for (const [name, value] of queryOf(query)) url.searchParams.append(name, value);
  url.hash = "";
  return url;
}

function moveTo(query) {
  const known = queryOf(query).toString() === queryOf(address().search).toString();
  if (!known) window.history.pushState({}, "", addressOf(query));
}

function remember() {
  const { question, address: query, state } = results().dataset;
  if (state === "start") return;
  moveTo(query);
  document.title = question ? `${question} · ReportQA` : "ReportQA";
  document.dispatchEvent(new CustomEvent("rq-asked", { detail: { question, query } }));
}

// The address names the question as soon as it is asked, not when it is answered: where the
// server goes away in between, Gradio loads the page anew once it is back, and asks it then.
function announce() {
  const question = document.querySelector("#rq-question textarea").value;
  const words = question.split(/\s+/).filter(Boolean).join(" ");
  if (!words) return;
  const query = new URLSearchParams({ q: words });
  const count = document.querySelector("#rq-count input:checked")?.value;
  if (count && count !== DEFAULT_COUNT) query.set("k", count);
  const { narrowing } = document.querySelector(".rq-filter-form").dataset;
  for (const [name, value] of new URLSearchParams(narrowing)) query.append(name, value);
  moveTo(query);
}

function openPassage(rank) {
  const passage = element.querySelector(`#passage-${rank}`);
  if (!passage) return false;
  passage.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "start" });
  return true;
}

function openAddressed() {
  const [, rank] = /^#passage-(\d+)$/.exec(window.location.hash) ?? [];
  if (rank) openPassage(rank);
}

// The clipboard's own interface wants a secure context and may be refused; selecting does not.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

function say(words) {
  const said = element.querySelector("[role=status]");
  if (said) said.textContent = words;
}

async function copyCitation(button) {
  const done = await copy(button.dataset.copy);
  button.focus();
  const label = button.firstElementChild;
  label.textContent = done ? "Copied" : "Not copied";
  button.classList.toggle("rq-copied", done);
  say(done ? "Citation copied" : "The browser did not let it be copied");
  window.setTimeout(() => {
    label.textContent = "Copy";
    button.classList.remove("rq-copied");
  }, COPIED_FOR);
}

function placeOf(button) {
  const { report, start, end } = button.closest("[data-report]").dataset;
  return { report, start: Number(start), end: Number(end) };
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}

const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

function openPlace(link) {
  const detail = { href: link.getAttribute("href"), opener: link };
  document.dispatchEvent(new CustomEvent("rq-open", { detail }));
}

async function showAround(button) {
  const passage = button.closest(".rq-passage");
  const shown = isPressed(button);
  for (const side of ["before", "after"]) {
    const part = passage.querySelector(`.rq-${side}`);
    part.hidden = shown || !part.textContent;
  }
  press(button, !shown);
  if (shown || button.dataset.read) return;
  const reply = await fetch(`./surroundings?${new URLSearchParams(placeOf(button))}`);
  if (!reply.ok) {
    press(button, false);
    say("The text around it could not be read");
    return;
  }
  const around = await reply.json();
  for (const side of ["before", "after"]) {
    const part = passage.querySelector(`.rq-${side}`);
    part.textContent = around[side].trim();
    part.hidden = !part.textContent;
  }
  button.dataset.read = "yes";
  if (!around.before.trim() && !around.after.trim()) say("The passage is the whole section");
}

function keep(button) {
  const detail = { question: results().dataset.question, ...placeOf(button) };
  document.dispatchEvent(new CustomEvent("rq-keep", { detail }));
}

function showKept({ detail: kept }) {
  const { question } = results().dataset;
  for (const button of element.querySelectorAll(".rq-keep")) {
    const place = placeOf(button);
    const same = (one) => one.report === place.report && one.start === place.start && one.end === place.end;
    press(button, kept.some((one) => one.question === question && same(one)));
  }
}

const assessor = () => element.querySelector("[name=assessor]");

async function judge(button) {
  const passage = button.closest(".rq-passage");
  const verdict = isPressed(button) ? "undo" : button.dataset.verdict;
  const judged = {
    question: results().dataset.question,
    verdict,
    assessor: assessor()?.value.trim() ?? "",
    ...(passage ? placeOf(button) : {}),
  };
  const reply = await fetch("./judgements", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(judged),
  }).catch(() => null);
  if (!reply?.ok) {
    const told = await reply?.json().catch(() => null);
    const words = typeof told?.detail === "string" ? told.detail : told?.problem;
    say(`Not saved. ${words ?? "The server cannot be reached."}`);
    return;
  }
  for (const other of (passage ?? element).querySelectorAll(".rq-judge")) press(other, false);
  if (verdict === "unanswerable") press(button, true);
  if (passage) {
    for (const other of element.querySelectorAll("[data-verdict=unanswerable]")) press(other, false);
    press(button, verdict !== "undo");
  }
  say(verdict === "undo" ? "Judgement taken back" : "Judgement saved");
}

const passages = () => [...element.querySelectorAll(".rq-passage")];

function step(from, by) {
  const all = passages();
  const next = all[all.indexOf(from) + by];
  if (!next) return false;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

const KEYS = { c: ".rq-cited .rq-copy", o: ".rq-tools .rq-open", k: ".rq-keep" };

// Single letters work only where a passage has the focus, so that none is pressed unawares.
element.addEventListener("keydown", (event) => {
  const { ctrlKey, metaKey, altKey, target, key } = event;
  if (ctrlKey || metaKey || altKey || target.closest("input, select, textarea")) return;
  const passage = target.closest(".rq-passage");
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (arrow && (passage || target.closest(".rq-verdict"))) {
    if (step(passage, passage ? arrow : 1)) event.preventDefault();
  } else if (target === passage && key in KEYS) {
    passage.querySelector(KEYS[key])?.click();
    event.preventDefault();
  }
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("#rq-question textarea");
  if (!box || event.key !== "ArrowDown" || box.selectionEnd < box.value.length) return;
  if (step(null, 1)) event.preventDefault();
});

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-passage], .rq-example, .rq-tool, .rq-open");
  if (!target) return;
  const kind = target.classList;
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (target.dataset.copy !== undefined) copyCitation(target);
  else if (kind.contains("rq-example")) trigger("example", { question: target.dataset.question });
  else if (kind.contains("rq-around")) showAround(target);
  else if (kind.contains("rq-keep")) keep(target);
  else if (kind.contains("rq-judge")) judge(target);
  else if (kind.contains("rq-open") && plain) {
    event.preventDefault();
    openPlace(target);
  } else if (plain && target.dataset.passage && openPassage(target.dataset.passage)) {
    event.preventDefault();
    window.history.replaceState({}, "", `${address().pathname}${address().search}#passage-${target.dataset.passage}`);
  }
});

element.addEventListener("change", (event) => {
  if (event.target.name === "assessor") window.localStorage.setItem("reportqa-assessor", event.target.value);
});

document.addEventListener("rq-kept", showKept);
document.addEventListener("rq-go", ({ detail }) => trigger("address", { query: detail.query }));

function prepare() {
  if (assessor()) assessor().value = window.localStorage.getItem("reportqa-assessor") ?? "";
  document.dispatchEvent(new CustomEvent("rq-shown"));
}

window.addEventListener("popstate", () => {
  const here = queryOf(address().search).toString();
  const there = queryOf(results()?.dataset.address ?? "").toString();
  if (here === there) openAddressed();
  else trigger("address", { query: address().search });
});

// Gradio gives every radio button a name of its own, so that arrow keys do not move among them,
// and a set of them no name that is read out.
// It puts them on the page, and names them, at times of its own.
function joinRadios() {
  const set = document.querySelector("#rq-count");
  set?.setAttribute("aria-label", "Number of passages");
  for (const radio of set?.querySelectorAll("input[type=radio]") ?? []) {
    if (radio.name !== set.id) radio.name = set.id;
  }
}

new MutationObserver(joinRadios).observe(document.body, {
  attributeFilter: ["name"],
  childList: true,
  subtree: true,
});
joinRadios();

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#rq-button")) announce();
}, true);
document.addEventListener("keydown", (event) => {
  const asks = event.key === "Enter" && !event.shiftKey;
  if (asks && event.target.closest?.("#rq-question textarea")) announce();
}, true);

watch("value", () => {
  const lost = document.activeElement === document.body;
  remember();
  prepare();
  if (lost) element.querySelector(".rq-verdict")?.focus({ preventScroll: true });
  openAddressed();
});
