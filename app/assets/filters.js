// Runs once for the form that says where to look. In scope: `element`, `trigger`, `watch`.

const HISTORY = "reportqa-history";
const MOST = 50;

const form = () => element.querySelector(".rq-filter-form");
let focused = null;
let opened = null;

function narrowing() {
  const chosen = new FormData(form());
  const pairs = chosen.getAll("report").map((id) => ["report", id]);
  pairs.push(...new URLSearchParams(chosen.get("path") ?? ""));
  if (chosen.get("each")) pairs.push(["each", "1"]);
  return new URLSearchParams(pairs).toString();
}

// The form is written anew after every change: what had the focus gets it back.
function noteFocus(control) {
  const { name, value, tagName } = control;
  focused = { name, value: tagName === "SELECT" ? null : value };
  opened = element.querySelector(".rq-filters").open;
}

function restoreFocus() {
  if (opened !== null) element.querySelector(".rq-filters").open = opened;
  if (!focused) return;
  const same = (one) => one.name === focused.name && (focused.value === null || one.value === focused.value);
  const control = [...form().elements].find((one) => one.name && same(one));
  (control ?? element.querySelector(".rq-filters > summary")).focus({ preventScroll: true });
  focused = null;
}

element.addEventListener("change", (event) => {
  if (!event.target.closest(".rq-filter-form")) return;
  noteFocus(event.target);
  if (event.target.name === "report") form().elements.path?.replaceChildren();
  trigger("narrow", { narrowing: narrowing() });
});

element.addEventListener("submit", (event) => event.preventDefault());

element.addEventListener("click", (event) => {
  if (event.target.closest(".rq-unfilter")) {
    noteFocus(event.target);
    trigger("narrow", { narrowing: "" });
  }
  const earlier = event.target.closest(".rq-history a");
  if (!earlier || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const detail = { query: earlier.getAttribute("href") };
  document.dispatchEvent(new CustomEvent("rq-go", { detail }));
});

function readHistory() {
  try {
    return JSON.parse(window.sessionStorage.getItem(HISTORY)) ?? [];
  } catch {
    return [];
  }
}

function showHistory() {
  const place = element.querySelector(".rq-history");
  const entries = readHistory().map(({ question, query }) => {
    const link = document.createElement("a");
    link.href = query;
    link.textContent = question;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
  place.querySelector("ol").replaceChildren(...entries);
  place.hidden = !entries.length;
}

document.addEventListener("rq-asked", ({ detail }) => {
  const earlier = readHistory().filter((one) => one.query !== detail.query);
  const entries = [detail, ...earlier].slice(0, MOST);
  window.sessionStorage.setItem(HISTORY, JSON.stringify(entries));
  showHistory();
});

showHistory();
watch("value", () => {
  restoreFocus();
  showHistory();
});
