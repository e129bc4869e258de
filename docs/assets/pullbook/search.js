// An error in the header's search box: our match above the theme's own results.
// Removable: without this file the search works as the theme made it.

import { confidenceWords, siteUrl, verdictWords } from "./answer.js";
import { el, timer } from "./dom.js";
import { Trouble, capturesOf, match } from "./match.js";
import { adopt } from "./values.js";

const LOOKS_LONG = 25;
const TYPING_PAUSE = 400;
const THEME_QUERY = 2; // the type of the message that asks the theme's search worker
const MOST_WORDS = 30;
const ERROR_WORDS =
  /[:"]|fail|error|pull|denied|unauthori[sz]ed|forbidden|manifest|not found|back-?off|x509|timeout|refused|toomanyrequests|no such host|no space/i;

const later = timer();
let running = new AbortController();

const inputOf = (target) => target.closest?.(".md-search__input");
const looksLikeError = (text) => text.length >= LOOKS_LONG && ERROR_WORDS.test(text);

export function bindSearch() {
  bindSubmit();
  askForWords();
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search"); // the theme's dialog has no name
  document.addEventListener("paste", (event) => {
    const input = inputOf(event.target);
    const text = event.clipboardData?.getData("text") ?? "";
    if (!input || !text.trim()) return;
    later(0, () => {
      searchFor(input);
      // The clipboard still has the line ends that a one-line input drops.
      show(input.value.length > text.length + 2 ? input.value : text, true);
    });
  });
  document.addEventListener("input", (event) => {
    const input = inputOf(event.target);
    if (!input || /^insertFromPaste/.test(event.inputType ?? "")) return;
    const text = input.value.trim();
    running.abort();
    later.cancel();
    searchFor(input);
    if (looksLikeError(text)) later(TYPING_PAUSE, () => show(text, false));
    else place();
  });
  document.addEventListener("reset", (event) => {
    if (!event.target.querySelector?.(".md-search__input")) return;
    running.abort();
    later.cancel();
    place();
  });
}

/** The theme listens to keys only: a paste by mouse, a drop, dictation would search nothing. */
const searchFor = (input) => input.dispatchEvent(new Event("keyup"));

/**
 * The theme hands the text to its search as it stands, where `:` `+` `-` `^` `~` `*` and quotes are operators:
 * an error then finds nothing, or cannot be read and is logged, text and all. Of an error it gets the words.
 */
function askForWords() {
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    const isError = message?.type === THEME_QUERY && looksLikeError(String(message.data));
    return postMessage.call(this, isError ? { ...message, data: words(message.data) } : message, ...rest);
  };
}

const words = (text) => [...new Set(text.match(/[\p{L}\p{N}]{3,}/gu))].slice(0, MOST_WORDS).join(" ");

/** Without the theme's script the form would send what is in the box as part of an address. */
function bindSubmit() {
  document.addEventListener("submit", (event) => {
    if (!event.target.querySelector?.(".md-search__input")) return;
    event.preventDefault();
    document.querySelector(".pb-search__link")?.click();
  });
}

async function show(text, pasted) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const answer = await match(text, signal);
    if (signal.aborted) return;
    const sure = answer.matches.length > 0;
    // A pasted word is a search for a word, unless it names a failure.
    if (!sure && pasted && !looksLikeError(text)) return place();
    adopt(capturesOf(answer));
    place(sure ? found(answer) : nothing(`${verdictWords(answer)}. Words are searched below.`));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Trouble)) throw error;
    place(nothing(`${error.title}. ${error.detail ?? ""}`));
  }
}

/** Put `block` above the results; without one, take ours away. */
function place(block) {
  document.querySelector(".pb-search")?.remove();
  if (block) document.querySelector(".md-search-result")?.prepend(block);
}

function found(answer) {
  // The theme's arrow keys reach any link in here; its Enter key follows the highest score.
  const entries = answer.matches.slice(0, answer.verdict === "ambiguous" ? 3 : 1).map((match, at) =>
    el(
      "a",
      { class: "pb-search__link", href: siteUrl(match.url) },
      el("span", { class: "pb-search__title", "data-md-score": String(1e9 - at) }, match.title),
      el("span", { class: "pb-search__sure" }, answer.verdict === "symptom" ? "how to get the reason" : confidenceWords(match.confidence)),
    ),
  );
  return el(
    "div",
    { class: `pb-search pb-search--${answer.verdict}`, role: "status" },
    el("p", null, answer.verdict === "match" ? "Your error" : verdictWords(answer)),
    entries,
  );
}

const nothing = (text) => el("div", { class: "pb-search pb-search--unknown", role: "status" }, el("p", null, text));
