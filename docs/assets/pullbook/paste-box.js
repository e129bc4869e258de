// The paste box: a plain form that posts to /match/; with JavaScript the answer appears in the page.

import { renderAnswer, renderTrouble, summary } from "./answer.js";
import { el, timer } from "./dom.js";
import { Trouble, capturesOf, match } from "./match.js";
import { adopt, refreshValues } from "./values.js";

const SHORTEST = 20;
const TYPING_PAUSE = 500;
const EXAMPLE =
  'Failed to pull image "registry.example.com/team/app:1.2.3": failed to pull and unpack image ' +
  '"registry.example.com/team/app:1.2.3": failed to resolve reference "registry.example.com/team/app:1.2.3": ' +
  "registry.example.com/team/app:1.2.3: not found";

const later = timer();
let running = new AbortController();
let asked = "";

const boxOf = (target) => target.closest?.(".pb-paste textarea");

/** Bound once, to the document: survives instant navigation. */
export function bindPasteBox() {
  document.addEventListener("paste", (event) => {
    const box = boxOf(event.target);
    if (box) later(0, () => ask(box, { show: true, atLeast: 1 }));
  });
  document.addEventListener("input", (event) => {
    const box = boxOf(event.target);
    if (!box) return;
    const whole = /^insertFrom(Paste|Drop)/.test(event.inputType ?? "");
    later(whole ? 0 : TYPING_PAUSE, () => ask(box, { show: whole, atLeast: whole ? 1 : SHORTEST }));
  });
  document.addEventListener("keydown", (event) => {
    const box = boxOf(event.target);
    if (!box) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form.requestSubmit();
    }
    event.stopPropagation(); // The theme's hot keys are not for this place.
  });
  document.addEventListener("submit", (event) => {
    const box = event.target.querySelector?.(".pb-paste textarea, textarea[name=text]");
    if (!box || !boxOf(box)) return;
    event.preventDefault();
    later.cancel();
    ask(box, { show: true, atLeast: 1, again: true });
  });
  window.addEventListener("hashchange", matchFragment);
}

/** A page was opened: it may have a box, and its address may carry a message. */
export function openPasteBox() {
  running.abort();
  later.cancel();
  asked = "";
  const box = document.querySelector(".pb-paste textarea");
  if (!box) return;
  addExtras(box);
  matchFragment();
  // Pasted before the page was ready, or kept by the browser over a reload.
  ask(box, { show: false, atLeast: SHORTEST });
}

function addExtras(box) {
  const row = box.form.querySelector(".pb-paste__row");
  if (!row || row.querySelector(".pb-extra")) return;
  const put = (text) => {
    box.value = text;
    box.focus();
    later.cancel();
    if (text) ask(box, { show: true, atLeast: 1 });
    else clear(box);
  };
  const button = (name, text) =>
    el("button", { type: "button", class: "pb-button pb-extra", onclick: () => put(text) }, name);
  row.querySelector("[role=status]").before(button("Try an example", EXAMPLE), button("Clear", ""));
}

/** `/match/#m=<text>`: the fragment never leaves the browser but in the body of our POST. */
function matchFragment() {
  const box = document.querySelector(".pb-paste textarea");
  const text = new URLSearchParams(location.hash.slice(1)).get("m");
  if (!box || !text) return;
  box.value = text;
  ask(box, { show: true, atLeast: 1 });
}

const place = () => document.getElementById("pullbook-answer");

/** The status line. Once the answer is on the page, it is for screen readers only. */
function say(box, text, answered = false) {
  const line = box.form.querySelector("[role=status]");
  line.classList.toggle("pb-offscreen", answered);
  line.textContent = text;
}

function clear(box) {
  running.abort();
  asked = "";
  place().replaceChildren();
  say(box, "");
  refreshValues();
}

/** Ask the service; only the latest question's answer is shown. */
async function ask(box, { show, atLeast, again }) {
  const text = box.value.trim();
  if (!text) return clear(box);
  if (text.length < atLeast || (text === asked && !again)) return;
  asked = text;
  running.abort();
  running = new AbortController();
  const { signal } = running;
  say(box, "Looking …");
  let shown;
  try {
    const answer = await match(text, signal);
    if (signal.aborted) return;
    adopt(capturesOf(answer));
    shown = renderAnswer(answer);
    say(box, summary(answer), true);
  } catch (error) {
    if (error.name === "AbortError") return;
    asked = "";
    const trouble =
      error instanceof Trouble
        ? error
        : new Trouble("The answer could not be shown", "The service sent something this page does not understand.", "Reload the page and try again.");
    if (trouble !== error) console.error(error);
    shown = renderTrouble(trouble);
    say(box, trouble.title, true);
  }
  place().replaceChildren(shown);
  refreshValues();
  if (show) shown.scrollIntoView({ block: "nearest", behavior: reducedMotion() ? "auto" : "smooth" });
}

const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
