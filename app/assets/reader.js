"use strict";
// The reader works without this; it adds keys, zoom without loading anew, copying, and the
// scheme of the page that it stands in.
(() => {
  const root = document.documentElement;
  const pages = document.querySelector(".rq-pages");
  const tools = document.querySelector(".rq-tools");
  const status = document.getElementById("status");

  const followScheme = () => {
    let outer;
    try {
      outer = window.parent === window ? null : window.parent.document.body;
    } catch {
      outer = null; // of another origin
    }
    if (!outer) return;
    const take = () => {
      const theme = outer.classList.contains("dark") ? "dark" : "light";
      if (root.dataset.theme !== theme) root.dataset.theme = theme;
    };
    take();
    new MutationObserver(take).observe(outer, { attributes: true, attributeFilter: ["class"] });
  };

  // Not scrollIntoView: that would move the page around the frame too.
  const showMark = () => {
    const found = document.querySelector(".rq-box[data-first], mark, [data-here]");
    if (!found || location.hash) return;
    const box = found.getBoundingClientRect();
    const bar = tools ? tools.offsetHeight : 0;
    const room = window.innerHeight - bar;
    const left = Math.max(0, box.left + window.scrollX - window.innerWidth / 4);
    const top = box.top + window.scrollY - bar - room / 4;
    const fits = box.right + window.scrollX <= window.innerWidth;
    window.scrollTo({ left: fits ? 0 : left, top, behavior: "instant" });
  };

  const changeZoom = (step) => {
    if (!pages) return;
    const zooms = document.querySelector(".rq-zoom").dataset.zooms.split(" ").map(Number);
    const image = pages.querySelector("img");
    const now =
      Number(pages.dataset.zoom) || Math.round((100 * image.clientWidth) / image.dataset.natural);
    const smaller = zooms.filter((zoom) => zoom < now).pop() ?? zooms[0];
    const larger = zooms.find((zoom) => zoom > now) ?? zooms[zooms.length - 1];
    setZoom(step === 0 ? 0 : step < 0 ? smaller : larger);
  };

  const setZoom = (zoom) => {
    const middle = (window.scrollY + window.innerHeight / 2) / root.scrollHeight;
    pages.dataset.zoom = zoom;
    if (zoom) pages.style.setProperty("--zoom", zoom / 100);
    else pages.removeAttribute("style");
    sizePictures();
    document.querySelector(".rq-fit output").textContent = zoom ? `${zoom} %` : "Fit";
    window.scrollTo({ top: middle * root.scrollHeight - window.innerHeight / 2, behavior: "instant" });
    keepInLinks(zoom);
  };

  // Tells the browser how wide pages really are, so that it fetches them as sharp as they need.
  const sizePictures = () => {
    for (const image of pages?.querySelectorAll("img") ?? []) image.sizes = `${image.clientWidth}px`;
  };

  const keepInLinks = (zoom) => {
    const change = (address) => {
      const url = new URL(address, location.href);
      if (zoom) url.searchParams.set("zoom", zoom);
      else url.searchParams.delete("zoom");
      return url;
    };
    history.replaceState(null, "", change(location.href));
    for (const link of document.querySelectorAll(".rq-turn a, .rq-views a, .rq-rest a")) {
      link.href = change(link.href);
    }
    const form = document.querySelector(".rq-go");
    let kept = form.elements.namedItem("zoom");
    if (!kept) {
      kept = Object.assign(document.createElement("input"), { type: "hidden", name: "zoom" });
      form.append(kept);
    }
    kept.value = zoom || "";
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const field = document.createElement("textarea");
      field.value = button.dataset.copy;
      field.className = "rq-unseen";
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.textContent = "Copied";
    button.classList.add("rq-copied");
    status.textContent = "Citation copied";
    setTimeout(() => {
      button.textContent = "Copy";
      button.classList.remove("rq-copied");
      status.textContent = "";
    }, 2000);
  };

  const follow = (rel) => document.querySelector(`.rq-turn a[rel="${rel}"]`)?.click();
  const isWide = () => root.scrollWidth > root.clientWidth + 1;
  const keys = {
    ArrowLeft: () => isWide() || follow("prev"),
    ArrowRight: () => isWide() || follow("next"),
    "+": () => changeZoom(1),
    "=": () => changeZoom(1),
    "-": () => changeZoom(-1),
    0: () => changeZoom(0),
    c: () => document.querySelector(".rq-copy")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    const act = keys[event.key];
    if (act && act() !== true) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".rq-copy");
    if (button) copy(button);
    const zoom = event.target.closest(".rq-zoom a");
    if (zoom && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (zoom.classList.contains("rq-fit")) changeZoom(0);
      else changeZoom(zoom.title === "Larger" ? 1 : -1);
    }
  });

  // The next page's picture takes a moment to draw: it is asked for before it is wanted.
  const drawAhead = () => {
    const next = document.querySelector(".rq-turn a[rel=next]");
    const image = pages?.querySelector(".rq-page:last-child img");
    if (!next || !image) return;
    const page = Number(image.closest(".rq-page").dataset.page) + 1;
    const address = image.currentSrc.replace(/pages\/\d+\.png/, `pages/${page}.png`);
    fetch(address, { priority: "low" }).catch(() => {});
  };

  followScheme();
  sizePictures();
  showMark();
  window.addEventListener("resize", sizePictures);
  window.addEventListener("load", () => setTimeout(drawAhead, 300));
})();
