// Keys of the review desk. The pages work without this file; it only moves the focus and presses
// buttons that are there anyway. The help dialog lists the same keys (desk/_keys.html).
(() => {
  "use strict";
  const help = document.getElementById("mp-keys");
  const opener = document.getElementById("mp-keys-open");
  if (!help || typeof help.showModal !== "function") return;

  const rows = () => Array.from(document.querySelectorAll("table.inbox tbody tr"));
  const linkOf = (row) => row.querySelector("th a");
  const current = () => rows().findIndex((row) => row.contains(document.activeElement));

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = current();
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    linkOf(all[next]).focus();
    all[next].scrollIntoView({ block: "nearest" });
  }

  // within the row that has the focus, else on the page of one thing
  function wanted(key) {
    const row = rows()[current()];
    return (row || (rows().length ? null : document.querySelector("main, .mp")))
      ?.querySelector(`[data-key="${key}"]`);
  }

  const deeds = {
    j: () => step(1),
    k: () => step(-1),
    a: () => wanted("a")?.focus(),
    r: () => wanted("r")?.focus(),
    c: () => wanted("c")?.click(),
    x: () => rows()[current()]?.querySelector("input[type=checkbox]")?.click(),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (help.open || event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });

  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());
})();
