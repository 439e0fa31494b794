// Adds to a page that already reads and prints: tabs, tooltips, legends that switch series, turning of
// three-dimensional panels, downloads. No library, no network.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  root.classList.add("js");
  all(".tablist, .toggle, .hint, .save").forEach((element) => { element.hidden = false; });

  // --- task tabs, in step over all sections ---
  const tabbed = all(".tabs").filter((tabs) => tabs.querySelector(".tablist"));
  const showTask = (task) => {
    for (const tabs of tabbed) {
      const panes = all(":scope > .pane", tabs);
      if (!panes.some((pane) => pane.dataset.task === task)) continue;
      for (const pane of panes) pane.classList.toggle("shown", pane.dataset.task === task);
      for (const tab of all("[role=tab]", tabs)) {
        const chosen = tab.dataset.task === task;
        tab.setAttribute("aria-selected", chosen);
        tab.tabIndex = chosen ? 0 : -1;
      }
    }
  };
  for (const tabs of tabbed) {
    tabs.classList.add("tabbed");
    all(":scope > .pane", tabs).forEach((pane) => pane.setAttribute("role", "tabpanel"));
    const buttons = all("[role=tab]", tabs);
    buttons.forEach((tab, i) => {
      tab.addEventListener("click", () => {
        const before = tab.getBoundingClientRect().top;
        showTask(tab.dataset.task);
        window.scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
      });
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = buttons[(i + step + buttons.length) % buttons.length];
        next.focus();
        next.click();
      });
    });
    if (buttons.length) showTask(buttons[0].dataset.task);
  }

  // --- contents: mark the section in view ---
  const links = new Map(all(".toc a").map((link) => [link.hash.slice(1), link]));
  const inView = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target.id);
    const first = [...links.keys()].find((id) => inView.has(id));
    for (const [id, link] of links) {
      if (id === first) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-10% 0px -70% 0px" });
  all("main > section").forEach((section) => watch.observe(section));

  // --- light or dark, against the system's choice ---
  for (const button of all("[data-scheme]")) {
    button.addEventListener("click", () => { root.style.colorScheme = button.dataset.scheme; });
  }

  // --- legends: a mark shows while all its entries do ---
  for (const figure of all(".fig")) {
    const off = new Set();
    for (const button of all("button.key", figure)) {
      button.addEventListener("click", () => {
        const key = button.dataset.key;
        if (!off.delete(key)) off.add(key);
        button.setAttribute("aria-pressed", !off.has(key));
        for (const mark of all("[data-k]", figure)) {
          mark.style.display = mark.dataset.k.split(" ").some((k) => off.has(k)) ? "none" : "";
        }
      });
    }
  }

  // --- tooltips: the title of the mark under or next to the pointer ---
  const tip = document.querySelector(".tip");
  let pointed = null;
  const told = (element) => {
    if (!element || !element.closest(".panels svg")) return null;
    const title = element.querySelector(":scope > title");
    if (title) {
      element.dataset.t = title.textContent;
      title.remove(); // or the browser's own tooltip would show as well
    }
    return element.dataset.t ? element : null;
  };
  const near = [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3]];
  const leave = () => {
    tip.hidden = true;
    if (pointed) pointed.classList.remove("on");
    pointed = null;
  };
  document.addEventListener("pointermove", (event) => {
    if (event.buttons || !event.target.closest?.(".panels svg")) return leave();
    let found = null;
    for (const [dx, dy] of near) {
      found ??= told(document.elementFromPoint(event.clientX + dx, event.clientY + dy));
    }
    if (found !== pointed) leave();
    if (!found) return;
    pointed = found;
    pointed.classList.add("on");
    tip.textContent = found.dataset.t;
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const x = Math.min(event.clientX + 14, root.clientWidth - width - 8);
    const y = event.clientY + 16 + height > root.clientHeight ? event.clientY - height - 10 : event.clientY + 16;
    tip.style.left = `${Math.max(8, x)}px`;
    tip.style.top = `${y}px`;
  });

  // --- panels with three axes ---
  const positions = (code) => {
    const bytes = Uint8Array.from(atob(code), (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true) / 16384);
  };
  const start = (svg) => {
    const [azimuth, elevation, scale, cx, cy] = svg.dataset.view.split(" ").map(Number);
    const half = svg.dataset.box.split(" ").map(Number);
    const contents = svg.querySelector(".q");
    const marks = all("[data-q]", contents).map((element) => ({
      element, at: positions(element.dataset.q), radius: Number(element.dataset.r || 0),
      under: "under" in element.dataset,
    }));
    const edges = all(".box path", svg);
    const names = all(".ax", svg);
    const view = { azimuth, elevation, zoom: 1 };
    let frame = 0;
    const draw = () => {
      frame = 0;
      const [sa, ca] = [Math.sin(view.azimuth), Math.cos(view.azimuth)];
      const [se, ce] = [Math.sin(view.elevation), Math.cos(view.elevation)];
      const k = scale * view.zoom;
      const project = (x, y, z) => {
        const along = x * ca + y * sa;
        return [cx + k * (y * ca - x * sa), cy - k * (z * ce - along * se), along * ce + z * se];
      };
      for (const mark of marks) {
        const { element, at, radius } = mark;
        let depth = 0;
        if (element.tagName === "circle") {
          const [px, py, d] = project(at[0], at[1], at[2]);
          element.setAttribute("cx", px.toFixed(1));
          element.setAttribute("cy", py.toFixed(1));
          if (radius) element.setAttribute("r", (radius * (1 + 0.2 * d)).toFixed(1));
          depth = d;
        } else {
          let path = "";
          for (let i = 0; i < at.length; i += 3) {
            const [px, py, d] = project(at[i], at[i + 1], at[i + 2]);
            path += (i ? "L" : "M") + px.toFixed(1) + " " + py.toFixed(1);
            depth += (3 * d) / at.length;
          }
          element.setAttribute("d", path);
        }
        mark.depth = mark.under ? -9 : depth;
      }
      marks.sort((a, b) => a.depth - b.depth);
      contents.append(...marks.map((mark) => mark.element));
      const corners = Array.from({ length: 8 }, (_, i) =>
        project(...half.map((h, axis) => ((i >> axis) & 1 ? h : -h))));
      const nearest = corners.reduce((best, corner, i) => (corner[2] > corners[best][2] ? i : best), 0);
      let edge = 0;
      for (let axis = 0; axis < 3; axis += 1) {
        let chosen = null;
        for (let from = 0; from < 8; from += 1) {
          if ((from >> axis) & 1) continue;
          const to = from | (1 << axis);
          const [a, b] = [corners[from], corners[to]];
          const hidden = from === nearest || to === nearest;
          edges[edge].setAttribute("d", `M${a[0].toFixed(1)} ${a[1].toFixed(1)}L${b[0].toFixed(1)} ${b[1].toFixed(1)}`);
          edges[edge].setAttribute("display", hidden ? "none" : "inline");
          edge += 1;
          if (hidden || from === 7 - nearest || to === 7 - nearest) continue;
          const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
          const better = !chosen || (axis === 2 ? middle[0] < chosen.middle[0] : middle[1] > chosen.middle[1]);
          if (better) chosen = { middle, along: [b[0] - a[0], b[1] - a[1]] };
        }
        let { middle, along } = chosen;
        if (along[0] < -0.05 || (along[0] < 0.05 && along[1] > 0)) along = along.map((v) => -v);
        const length = Math.hypot(...along) || 1;
        let away = [-along[1] / length, along[0] / length];
        if (away[0] * (middle[0] - cx) + away[1] * (middle[1] - cy) < 0) away = away.map((v) => -v);
        const angle = ((Math.atan2(along[1], along[0]) * 180) / Math.PI).toFixed(1);
        const [x, y] = middle.map((v, i) => (v + away[i] * 12).toFixed(1));
        names[axis].setAttribute("x", x);
        names[axis].setAttribute("y", y);
        names[axis].setAttribute("transform", `rotate(${angle} ${x} ${y})`);
      }
    };
    return {
      turn(right, up) {
        view.azimuth -= right;
        view.elevation = Math.max(-1.57, Math.min(1.57, view.elevation + up));
        frame ||= requestAnimationFrame(draw);
      },
      zoom(factor) {
        view.zoom = Math.max(0.5, Math.min(8, view.zoom * factor));
        frame ||= requestAnimationFrame(draw);
      },
      back() {
        Object.assign(view, { azimuth, elevation, zoom: 1 });
        frame ||= requestAnimationFrame(draw);
      },
    };
  };
  for (const svg of all("svg[data-view]")) {
    let space = null;
    const ready = () => (space ??= start(svg)); // decoded only when first turned
    svg.tabIndex = 0;
    let last = null;
    svg.addEventListener("pointerdown", (event) => {
      last = [event.clientX, event.clientY];
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("turning");
    });
    svg.addEventListener("pointermove", (event) => {
      if (!last) return;
      ready().turn((event.clientX - last[0]) * 0.01, (event.clientY - last[1]) * 0.01);
      last = [event.clientX, event.clientY];
    });
    const drop = () => { last = null; svg.classList.remove("turning"); };
    svg.addEventListener("pointerup", drop);
    svg.addEventListener("pointercancel", drop);
    svg.addEventListener("dblclick", () => ready().back());
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // plain scrolling stays with the page
      event.preventDefault();
      ready().zoom(Math.exp(-event.deltaY * 0.01));
    }, { passive: false });
    svg.addEventListener("keydown", (event) => {
      const act = {
        ArrowLeft: () => ready().turn(-0.12, 0), ArrowRight: () => ready().turn(0.12, 0),
        ArrowUp: () => ready().turn(0, -0.12), ArrowDown: () => ready().turn(0, 0.12),
        "+": () => ready().zoom(1.15), "-": () => ready().zoom(1 / 1.15), Home: () => ready().back(),
      }[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }

  // --- downloads: the panels as they stand, on white ---
  const compose = (figure) => {
    const ns = "http://www.w3.org/2000/svg";
    const columns = Number(figure.dataset.columns);
    const [width, gap] = [1000, 22];
    const ruler = document.createElement("canvas").getContext("2d");
    ruler.font = "12px system-ui, sans-serif";
    let [x, y, body] = [0, 0, ""];
    const keys = all(".key", figure);
    for (const key of keys) {
      const sign = key.querySelector("svg");
      const wide = Number(sign.getAttribute("width"));
      const label = key.querySelector("span").textContent;
      const whole = wide + 6 + ruler.measureText(label).width;
      if (x && x + whole > width) [x, y] = [0, y + 20];
      const text = document.createElementNS(ns, "text");
      text.textContent = label;
      for (const [name, value] of [["x", wide + 6], ["y", 11], ["font-size", 12], ["fill", "#1f2733"]]) text.setAttribute(name, value);
      if (key.getAttribute("aria-pressed") !== "false") {
        body += `<g transform="translate(${x} ${y})">${sign.innerHTML}${text.outerHTML}</g>`;
        x += whole + 22;
      }
    }
    y += keys.length ? 32 : 0;
    const panels = all(".panels > svg", figure);
    for (let row = 0; row < panels.length; row += columns) {
      let tallest = 0;
      panels.slice(row, row + columns).forEach((panel, i) => {
        body += `<g transform="translate(${i * (Number(panel.dataset.w) + gap)} ${y})">${panel.innerHTML}</g>`;
        tallest = Math.max(tallest, Number(panel.dataset.h));
      });
      y += tallest + gap;
    }
    const height = Math.ceil(y - gap);
    const font = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
    return {
      width, height,
      text: `<svg xmlns="${ns}" width="${width + 32}" height="${height + 32}" viewBox="-16 -16 ${width + 32} ${height + 32}" font-family="${font}" font-size="11.5"><rect x="-16" y="-16" width="${width + 32}" height="${height + 32}" fill="#ffffff"/>${body}</svg>`,
    };
  };
  const hand = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const button of all("[data-save]")) {
    button.addEventListener("click", () => {
      const figure = button.closest(".fig");
      const { width, height, text } = compose(figure);
      const svg = new Blob([text], { type: "image/svg+xml" });
      if (button.dataset.save === "svg") return hand(svg, `${figure.id}.svg`);
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [(width + 32) * 3, (height + 32) * 3];
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((png) => hand(png, `${figure.id}.png`));
        URL.revokeObjectURL(image.src);
      };
      image.src = URL.createObjectURL(svg);
    });
  }
})();
