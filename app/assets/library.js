// Runs once, when Gradio has put the library on the page. In scope: `element` (where files are
// dropped), `trigger` (calls an event of it in Python).

const AT_ONCE = 2;
const jobs = () => document.querySelector("#rq-library-jobs");
const shelf = () => document.querySelector("#rq-library-shelf");
const zone = () => element.querySelector(".rq-drop");
const dialog = () => element.querySelector("dialog");
const ahead = [];
let sending = 0;
let removing = "";

const look = () => trigger("looked", {});

function say(words) {
  const said = element.querySelector("[data-said]");
  if (said && said.textContent !== words) said.textContent = words;
}

// Files on their way. What the server has answered for is in its own list of jobs.

function addLine(name) {
  const line = document.createElement("li");
  const label = document.createElement("bdi");
  const bar = document.createElement("progress");
  label.textContent = name;
  label.className = "rq-file";
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${name}`);
  line.append(label, bar);
  element.querySelector(".rq-sending").append(line);
  return line;
}

function complain(line, reason) {
  const words = document.createElement("span");
  words.className = "rq-reason";
  words.textContent = `Not sent: ${reason}.`;
  line.querySelector("progress").replaceWith(words);
  say(line.textContent);
}

function isWorthSending(file) {
  const { limit, suffixes } = zone().dataset;
  const suffix = /\.[^.]+$/.exec(file.name)?.[0].toLowerCase();
  return file.size <= Number(limit) && suffixes.split(",").includes(suffix);
}

function answer(request, line) {
  if ([200, 202, 413, 415, 429, 507].includes(request.status)) {
    line.remove();
    look();
    return;
  }
  let reason = `the server answered ${request.status}`;
  try {
    reason = JSON.parse(request.responseText).reason ?? reason;
  } catch {
    // It was no answer of ours.
  }
  complain(line, reason);
}

function send({ file, name }, line) {
  const worth = isWorthSending(file);
  const query = new URLSearchParams({ name, size: file.size });
  const request = new XMLHttpRequest();
  // The server says why it does not take a file; it need not have it for that.
  request.open("POST", `./library/${worth ? "files" : "refusals"}?${query}`);
  request.setRequestHeader("x-reportqa", "upload");
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) line.querySelector("progress").value = event.loaded / event.total;
  };
  request.onload = () => answer(request, line);
  request.onerror = () => complain(line, "it could not be read, or the connection was lost; drop it again");
  request.onloadend = () => {
    sending -= 1;
    sendNext();
  };
  request.send(worth ? file : "");
}

function sendNext() {
  while (sending < AT_ONCE && ahead.length > 0) {
    const { found, line } = ahead.shift();
    sending += 1;
    send(found, line);
  }
}

function take(found, noun) {
  const seen = found.filter(({ file }) => !file.name.startsWith("."));
  const hidden = found.length - seen.length;
  if (seen.length === 0) say(hidden ? "Only hidden files there: nothing was sent" : `No ${noun} to send`);
  else say(`Sending ${seen.length} files` + (hidden ? `; ${hidden} hidden left out` : ""));
  for (const one of seen) ahead.push({ found: one, line: addLine(one.name) });
  sendNext();
}

window.addEventListener("beforeunload", (event) => {
  if (sending + ahead.length > 0) event.preventDefault();
});

// A dropped folder is searched to the bottom.

const readBatch = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));
const readFile = (entry) => new Promise((done, failed) => entry.file(done, failed));

async function listFiles(entry) {
  if (entry.isFile) return [{ file: await readFile(entry), name: entry.fullPath.replace(/^\//, "") }];
  const reader = entry.createReader();
  const found = [];
  for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
    for (const inner of batch) found.push(...(await listFiles(inner)));
  }
  return found;
}

async function takeDropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) {
    take([...transfer.files].map((file) => ({ file, name: file.name })), "files");
    return;
  }
  const found = await Promise.all(entries.map(listFiles));
  take(found.flat(), "files");
}

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files") && zone()?.checkVisibility();

// Dropped beside the zone, a file would open in the page's place.
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  zone().classList.add("rq-over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) zone()?.classList.remove("rq-over");
});
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  zone().classList.remove("rq-over");
  takeDropped(event.dataTransfer);
});

element.addEventListener("change", (event) => {
  const input = event.target.closest("[data-files]");
  if (!input) return;
  take([...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name })), "files");
  input.value = "";
});

element.addEventListener("click", (event) => {
  const { choose } = event.target.closest("[data-choose]")?.dataset ?? {};
  if (choose) element.querySelector(`[data-files=${choose}]`).click();
});

// Removing asks first.

function askFirst({ remove, title }) {
  removing = remove;
  dialog().querySelector("[data-title]").textContent = title;
  dialog().returnValue = "keep";
  dialog().showModal();
}

dialog()?.addEventListener("close", () => {
  if (dialog().returnValue === "remove") trigger("removal", { report: removing });
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-remove], [data-clear]");
  if (!target) return;
  if (target.dataset.remove) askFirst(target.dataset);
  else trigger("tidied", {});
});

// The two lists are written anew as jobs go on: whoever stands in one keeps the place.

let held = null;

function nameOf(place) {
  const list = place.closest("#rq-library-jobs, #rq-library-shelf");
  if (!list) return null;
  const { remove, clear } = place.dataset;
  const inside =
    remove !== undefined ? `[data-remove="${CSS.escape(remove)}"]`
    : clear !== undefined ? "[data-clear]"
    : place.matches("a") ? `a[href="${CSS.escape(place.getAttribute("href"))}"]`
    : place.localName;
  return { list, inside, place };
}

document.addEventListener("focusin", (event) => {
  held = nameOf(event.target);
});

function keepPlace() {
  const active = document.activeElement;
  const lost = active === document.body && !held?.place.isConnected;
  const other = active === held?.place && nameOf(active)?.inside !== held.inside;
  if (!held || !(lost || other)) return;
  const next = held.list.querySelector(held.inside) ?? held.list.querySelector("h2");
  (next ?? shelf()?.querySelector("h2"))?.focus({ preventScroll: true });
}

const observer = new MutationObserver(() => {
  keepPlace();
  const tally = jobs()?.querySelector(".rq-tally")?.textContent;
  if (tally) say(tally);
});
for (const list of [jobs(), shelf()]) {
  if (list) observer.observe(list, { attributes: true, childList: true, subtree: true });
}

// Each time that the tab comes into view it shows the library as it is then.
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting)) look();
}).observe(element);
