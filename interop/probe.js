// Uses the report as a reader would and leaves what it saw in an element `probe`, for `cargo xtask test`.
"use strict";
window.addEventListener("load", () => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const isVisible = (element) => element.getClientRects().length > 0;
  const seen = { tabs: 0, tabsWrong: [], spaces: 0, spacesStill: 0, keys: 0, keysDead: 0 };

  for (const tabs of all(".tabs").filter((tabs) => tabs.querySelector(":scope > .tablist"))) {
    for (const tab of all(":scope > .tablist [role=tab]", tabs)) {
      tab.click();
      seen.tabs += 1;
      const shown = all(":scope > .pane", tabs).filter(isVisible).map((pane) => pane.dataset.task);
      if (shown.length !== 1 || shown[0] !== tab.dataset.task) {
        seen.tabsWrong.push(`${tab.textContent} shows ${shown.join(" and ") || "nothing"}`);
      }
    }
  }

  for (const figure of all(".fig")) {
    const key = figure.querySelector("button.key");
    if (!key || !figure.querySelector("[data-k]")) continue;
    seen.keys += 1;
    const hidden = () => all("[data-k]", figure).filter((mark) => mark.style.display === "none").length;
    key.click();
    const off = hidden();
    key.click();
    if (off === 0 || hidden() !== 0) seen.keysDead += 1;
  }

  const spaces = all("svg[data-view]");
  const looks = spaces.map((svg) => svg.querySelector(".q").innerHTML);
  for (const svg of spaces) svg.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  // Turning draws in the next frame.
  requestAnimationFrame(() => setTimeout(() => {
    seen.spaces = spaces.length;
    seen.spacesStill = spaces.filter((svg, i) => svg.querySelector(".q").innerHTML === looks[i]).length;
    seen.figures = all(".fig").length;
    seen.empty = all(".fig").filter((figure) => !figure.querySelector(".panels svg path, .panels svg circle, .panels svg image, .panels svg rect[style]"))
      .map((figure) => figure.id);
    seen.errors = window.probeErrors;
    seen.fetched = performance.getEntriesByType("resource").map((entry) => entry.name)
      .filter((name) => !name.startsWith("data:"));
    const note = document.createElement("pre");
    note.id = "probe";
    note.textContent = JSON.stringify(seen);
    document.body.append(note);
  }, 200));
});
