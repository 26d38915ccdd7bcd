// Runs once for the place beside the passages where a page of a report opens.

const aside = () => element.querySelector(".rq-reader");
let opener = null;

function open({ detail }) {
  opener = detail.opener;
  const theme = document.querySelector(".dark") ? "dark" : "light";
  const url = new URL(detail.href, window.location.href);
  element.querySelector(".rq-reader-apart").href = url;
  url.searchParams.set("embed", "1");
  url.searchParams.set("theme", theme);
  // Replaced, not followed: "back" leads to the question before, not to the page before.
  element.querySelector("iframe").contentWindow.location.replace(url);
  aside().hidden = false;
  document.body.classList.add("rq-reading");
  element.querySelector(".rq-reader-title").focus({ preventScroll: true });
}

function close() {
  if (aside().hidden) return;
  aside().hidden = true;
  document.body.classList.remove("rq-reading");
  if (opener?.isConnected) opener.focus();
}

document.addEventListener("rq-open", open);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
element.addEventListener("click", (event) => {
  if (event.target.closest(".rq-reader-close")) close();
});
