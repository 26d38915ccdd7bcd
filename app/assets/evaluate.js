// Runs once for the line with the Run button. In scope: `element`, `trigger`, `watch`.

const LARGEST = 8 * 1024 * 1024;
const root = () => document.querySelector("#rq-evaluate");
let pressed = false;

function knobs() {
  const form = root().querySelector(".rq-knob-form");
  if (!form.checkValidity()) {
    form.closest("details").open = true;
    form.reportValidity();
    return null;
  }
  return Object.fromEntries(new FormData(form));
}

function run() {
  const chosen = root().querySelector("input[name=rq-set]:checked");
  const values = knobs();
  if (values) trigger("start", { set: chosen?.value ?? "", knobs: values });
}

function compare(button) {
  const { baseline, other } = Object.fromEntries(new FormData(button.closest("form")));
  trigger("compare", { baseline, other });
}

// Decoded here and not by `File.text`, which hides that a file is no UTF-8.
async function upload(input) {
  const [file] = input.files;
  if (!file) return;
  input.value = "";
  const detail = { name: file.name, text: "", refused: "" };
  try {
    if (file.size > LARGEST) detail.refused = "large";
    else detail.text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    detail.refused = "encoding";
  }
  trigger("upload", detail);
}

// Removing asks first.
const dialog = () => root().querySelector("dialog");

function remove(button) {
  const { what, name, told } = button.dataset;
  dialog().querySelector("[data-removed]").textContent = told;
  dialog().returnValue = "keep";
  dialog().onclose = () => {
    if (dialog().returnValue === "remove") trigger("remove", { what, name });
  };
  dialog().showModal();
}

const actions = {
  run,
  cancel: () => trigger("cancel", {}),
  open: (button) => trigger("open", { run: button.dataset.run }),
  compare,
  remove,
};
const leading = new Set(["run", "open", "compare"]);

document.addEventListener("click", (event) => {
  const target = event.target.closest("#rq-evaluate [data-evaluate]");
  const action = actions[target?.dataset.evaluate];
  if (!action) return;
  pressed = element.contains(target);
  if (leading.has(target.dataset.evaluate)) root().dataset.asked = "yes";
  action(target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#rq-evaluate [data-evaluate=upload]")) upload(event.target);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#rq-evaluate form");
  if (form && form.method !== "dialog") event.preventDefault();
});

// What is on offer changes while other tabs are used: it is read anew whenever this one is shown.
new IntersectionObserver((seen) => {
  const bare = !root().querySelector(".rq-measured");
  if (seen.some((one) => one.isIntersecting) && !element.dataset.shown) trigger("shown", { bare });
  element.dataset.shown = seen.at(-1).isIntersecting ? "yes" : "";
}).observe(element);

watch("value", () => {
  const lost = document.activeElement === document.body;
  if (pressed && lost) element.querySelector("button")?.focus({ preventScroll: true });
});
