// Small helpers for building elements. Text always becomes a text node, never markup.

/** Build an element: `el("a", {href, class}, "text", child, …)`. Null and false are left out. */
export function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A code block with its own copy button; the button copies what the block says at that moment. */
export function codeBlock(content, label) {
  const pre = el("pre", null, el("code", null, content));
  return addCopyButton(el("div", { class: "pb-code" }, pre), pre, label);
}

export function addCopyButton(holder, pre, label = "Copy") {
  (pre.querySelector("code") ?? pre).tabIndex = 0; // what scrolls must be reachable by keyboard
  holder.append(copyButton(label, () => pre.textContent.trimEnd()));
  return holder;
}

export function copyButton(label, text) {
  const button = el("button", { type: "button", class: "pb-button" }, label);
  button.addEventListener("click", async () => {
    const copied = await copy(text());
    button.textContent = copied ? "Copied" : "Select the text and copy it by hand";
    announce(copied ? "Copied to clipboard" : "Copying failed");
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the browser: the older way below may still work.
    }
  }
  // Plain http has no navigator.clipboard, and runbooks often live on plain http.
  const active = document.activeElement;
  const area = el("textarea", { class: "pb-offscreen", readonly: true, "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  active?.focus({ preventScroll: true });
  return copied;
}

/** Say something to a screen reader without showing it. */
function announce(text) {
  let line = document.getElementById("pb-announce");
  if (!line) {
    line = el("div", { id: "pb-announce", class: "pb-offscreen", role: "status" });
    document.body.append(line);
  }
  line.textContent = text;
}

/** `later(delay, task)` runs `task` once, `delay` ms after the last call; `later.cancel()` drops it. */
export function timer() {
  let id = 0;
  const later = (delay, task) => {
    clearTimeout(id);
    id = setTimeout(task, delay);
  };
  later.cancel = () => clearTimeout(id);
  return later;
}

/** Run `task` now and again after each instant navigation, whether or not the theme has one. */
export function onPage(task) {
  if (window.document$) window.document$.subscribe(task);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", task);
  else task();
}
