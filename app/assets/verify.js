// Runs once, when Gradio has put the verdicts on the page. In scope: `element` (the verdicts),
// `watch` (runs after they have changed).

const COPIED_FOR = 2000;

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
  const button = event.target.closest("[data-copy]");
  if (button) copyCitation(button);
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!sends || !event.target.closest?.("#rq-quotations textarea")) return;
  event.preventDefault();
  document.querySelector("#rq-verify")?.click();
});

// The button that was pressed keeps the focus; what was focused and is gone hands it on.
watch("value", () => {
  const lost = document.activeElement === document.body;
  if (lost) element.querySelector(".rq-verdict")?.focus({ preventScroll: true });
});
