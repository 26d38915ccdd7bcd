// Runs once for the results of an evaluation. In scope: `element`, `watch`.

// Who asked for results is led to them; who is busy elsewhere by then is left alone.
watch("value", () => {
  const { dataset } = element.closest("#rq-evaluate");
  const active = document.activeElement;
  const free = active === document.body || active.matches("#rq-evaluate button");
  if (!dataset.asked || !free || !element.offsetParent) return;
  delete dataset.asked;
  const heading = element.querySelector(".rq-verdict");
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: "start" });
});
