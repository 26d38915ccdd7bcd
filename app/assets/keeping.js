// Runs once for the bar that shows which passages are kept for an evidence pack.

const KEPT = "reportqa-kept";
const bar = () => element.querySelector(".rq-kept");

function read() {
  try {
    return JSON.parse(window.sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

const nameOf = ({ question, report, start, end }) => JSON.stringify([question, report, start, end]);

function show() {
  const kept = read();
  bar().hidden = !kept.length;
  say(`${kept.length} ${kept.length === 1 ? "passage" : "passages"} kept`);
  document.dispatchEvent(new CustomEvent("rq-kept", { detail: kept }));
}

function say(words) {
  element.querySelector(".rq-kept-count").textContent = words;
}

function toggle({ detail }) {
  const kept = read();
  const others = kept.filter((one) => nameOf(one) !== nameOf(detail));
  const now = others.length < kept.length ? others : [...kept, detail];
  window.sessionStorage.setItem(KEPT, JSON.stringify(now));
  show();
}

// The name that the server gives the file.
function fileName(reply, format) {
  const [, name] = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "") ?? [];
  return name ?? `evidence.${format}`;
}

async function save() {
  const format = element.querySelector("[name=format]").value;
  const reply = await fetch(`./packs/${format}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ items: read() }),
  }).catch(() => null);
  if (!reply?.ok) {
    const told = await reply?.json().catch(() => null);
    const words = typeof told?.detail === "string" ? told.detail : told?.problem;
    say(`Not written. ${words ?? "The server cannot be reached."}`);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await reply.blob());
  link.download = fileName(reply, format);
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

element.addEventListener("click", (event) => {
  if (event.target.closest(".rq-kept-save")) save();
  if (!event.target.closest(".rq-kept-clear")) return;
  window.sessionStorage.removeItem(KEPT);
  show();
});

document.addEventListener("rq-keep", toggle);
document.addEventListener("rq-shown", show);
show();
