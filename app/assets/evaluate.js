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

const actions = {
  run,
  cancel: () => trigger("cancel", {}),
  open: (button) => trigger("open", { run: button.dataset.run }),
  compare,
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("#rq-evaluate [data-evaluate]");
  const action = actions[target?.dataset.evaluate];
  if (!action) return;
  pressed = element.contains(target);
  action(target);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#rq-evaluate [data-evaluate=upload]")) upload(event.target);
});

document.addEventListener("submit", (event) => {
  if (event.target.closest("#rq-evaluate")) event.preventDefault();
});

// What is on offer changes while other tabs are used: it is read anew whenever this one is shown.
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting) && !element.dataset.shown) trigger("shown", {});
  element.dataset.shown = seen.at(-1).isIntersecting ? "yes" : "";
}).observe(element);

watch("value", () => {
  const lost = document.activeElement === document.body;
  if (pressed && lost) element.querySelector("button")?.focus({ preventScroll: true });
});
