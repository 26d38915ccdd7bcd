// Runs once, when Gradio has put the results on the page. In scope: `element` (the results),
// `trigger` (calls an event of the results in Python), `watch` (runs after they have changed).

const COPIED_FOR = 2000;

const results = () => element.querySelector(".rq-results");
const address = () => new URL(window.location.href);

function asked() {
  const query = address().searchParams;
  return { question: query.get("q") ?? "", count: query.get("k") ?? "" };
}

// The address with the question in it; other parameters of the page stay.
function addressOf(query) {
  const url = address();
  url.searchParams.delete("q");
  url.searchParams.delete("k");
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
  url.hash = "";
  return url;
}

function remember() {
  const { question, address: query, state } = results().dataset;
  if (state === "start") return;
  const url = addressOf(query);
  const known = url.searchParams.toString() === address().searchParams.toString();
  if (!known) window.history.pushState({}, "", url);
  document.title = question ? `${question} · ReportQA` : "ReportQA";
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

async function copyCitation(button) {
  const done = await copy(button.dataset.copy);
  button.focus();
  const label = button.firstElementChild;
  label.textContent = done ? "Copied" : "Not copied";
  button.classList.toggle("rq-copied", done);
  const said = element.querySelector("[role=status]");
  if (said) said.textContent = done ? "Citation copied" : "The browser did not let it be copied";
  window.setTimeout(() => {
    label.textContent = "Copy";
    button.classList.remove("rq-copied");
  }, COPIED_FOR);
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-passage], .rq-example");
  if (!target) return;
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (target.dataset.copy !== undefined) {
    copyCitation(target);
  } else if (target.classList.contains("rq-example")) {
    trigger("example", { question: target.dataset.question });
  } else if (plain && openPassage(target.dataset.passage)) {
    event.preventDefault();
    window.history.replaceState({}, "", `${address().pathname}${address().search}#passage-${target.dataset.passage}`);
  }
});

window.addEventListener("popstate", () => {
  if (asked().question !== (results()?.dataset.question ?? "")) trigger("address", asked());
  else openAddressed();
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

watch("value", () => {
  const lost = document.activeElement === document.body;
  remember();
  if (lost) element.querySelector(".rq-verdict")?.focus({ preventScroll: true });
  openAddressed();
});
