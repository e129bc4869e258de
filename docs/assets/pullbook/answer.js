// An answer of the service as a piece of page. What was pasted is only ever text, never markup.

import { addCopyButton, codeBlock, copyButton, el } from "./dom.js";
import { markPlaceholders, withPlaceholders } from "./values.js";

const VERDICTS = {
  match: "This is",
  guess: "This may be",
  ambiguous: "One of these",
  symptom: "The reason is not in this text",
  unworded: "A pull failed; the reason is cut off, or in words that Pullbook does not know",
  unknown: "Not recognized as an image-pull failure",
};
const RETRY = {
  permanent: "Does not clear by itself: every retry fails the same way until you fix it.",
  transient: "Can clear by itself: the kubelet keeps retrying, at most five minutes apart.",
  depends: "May or may not clear by itself: the section says when.",
};
const HOW = {
  template: "A known message fits word for word.",
  fuzzy: "The nearest known message: the words differ a little.",
  stage: "No known wording fits; a status code, single words or the stage of the pull decided.",
};
const LONGEST_LINK = 1500;

export function verdictWords(answer) {
  const causes = new Set(answer.workloads?.map(({ cause }) => cause));
  // Not one failure with several honest answers, but several failures.
  if (causes.size > 1) return `${answer.workloads.length} workloads fail, for ${causes.size} reasons`;
  const unknownWords = answer.matches[0]?.how === "stage";
  const told = (unknownWords && { match: "guess", symptom: "unworded" }[answer.verdict]) || answer.verdict;
  return VERDICTS[told] ?? VERDICTS.unknown;
}

export function confidenceWords(confidence) {
  const number = Number(confidence).toFixed(2);
  if (confidence >= 0.9) return `confident (${number})`;
  return confidence >= 0.75 ? `likely (${number})` : `a guess (${number})`;
}

/** One sentence for the status line. */
export function summary(answer) {
  const [first] = answer.matches;
  if (!first) return `${verdictWords(answer)}.`;
  const sure = `${first.title}, ${confidenceWords(first.confidence)}`;
  if (answer.verdict === "match") return `${first.how === "stage" ? VERDICTS.guess : VERDICTS.match} ${sure}.`;
  if (answer.verdict === "ambiguous" && verdictWords(answer) === VERDICTS.ambiguous) return `One of ${answer.matches.length}: ${answer.matches.map((m) => m.title).join("; ")}.`;
  return `${verdictWords(answer)}.`;
}

/** Only addresses of this site: an answer cannot send the reader elsewhere. */
export const siteUrl = (url) => (/^\/(?!\/)/.test(url ?? "") ? url : "/");

export function renderAnswer(answer) {
  const [first, ...others] = answer.matches;
  const symptom = answer.verdict === "symptom";
  const heading = el("h2", { class: "pb-verdict", id: "pb-verdict" }, verdictWords(answer));
  const parts = [heading, workloads(answer)];
  if (first && answer.verdict !== "ambiguous") parts.push(matchHead(first, symptom));
  if (answer.verdict === "ambiguous") parts.push(candidates(answer.matches));
  if (answer.next) parts.push(nextStep(answer.next));
  if (first) parts.push(evidence(first));
  parts.push(tellApart(answer, others.length > 0));
  parts.push(el("div", { class: "pb-strip-slot" }));
  if (first) parts.push(firstSteps(first, answer.verdict === "ambiguous"), sectionHtml(first));
  if (answer.verdict !== "ambiguous") parts.push(otherMatches(others));
  parts.push(draft(answer), removed(answer.removed));
  if (first) parts.push(shareLink(first));
  return el(
    "section",
    { class: `pb-result pb-result--${answer.verdict}`, "aria-labelledby": "pb-verdict" },
    parts.filter(Boolean),
  );
}

export function renderTrouble({ title, detail, fix }) {
  return el(
    "section",
    { class: "pb-result pb-result--trouble", "aria-labelledby": "pb-verdict" },
    el("h2", { class: "pb-verdict", id: "pb-verdict" }, title),
    detail && el("p", null, detail),
    fix && el("p", null, el("strong", null, "What to do: "), withCode(fix)),
  );
}

/** Words between backquotes become code. */
const withCode = (text) => text.split("`").map((piece, at) => (at % 2 ? el("code", null, piece) : piece));

const titleLink = (match) => el("a", { href: siteUrl(match.url) }, match.title);

function matchHead(match, symptom) {
  const facts = [
    symptom ? null : ["Confidence", `${confidenceWords(match.confidence)}. ${HOW[match.how] ?? ""}`],
    match.why && ["Why", match.why],
    RETRY[match.retry] && ["Clears by itself?", RETRY[match.retry]],
  ];
  return el(
    "div",
    { class: "pb-head" },
    el("p", { class: "pb-title" }, titleLink(match)),
    match.summary && el("p", null, match.summary),
    el("dl", { class: "pb-facts" }, facts.filter(Boolean).map(([name, text]) => el("div", null, el("dt", null, name), el("dd", null, text)))),
  );
}

function candidates(matches) {
  return el(
    "ol",
    { class: "pb-candidates" },
    matches.map((match) =>
      el(
        "li",
        null,
        el("p", { class: "pb-title" }, titleLink(match)),
        el("p", { class: "pb-hint" }, [confidenceWords(match.confidence), match.why, RETRY[match.retry]].filter(Boolean).join(" · ")),
      ),
    ),
  );
}

function nextStep({ why, command }) {
  return el(
    "div",
    { class: "pb-next" },
    el("h3", null, "What to collect next"),
    why && el("p", null, why),
    command && codeBlock(withPlaceholders(command)),
    command && el("p", { class: "pb-hint" }, "Paste what it prints into the box above."),
  );
}

function evidence(match) {
  const { message, spans } = match.evidence ?? {};
  if (!message) return null;
  const line = el("pre", { class: "pb-evidence" }, el("code", { tabindex: "0" }, marked(message, spans ?? [])));
  return el("figure", { class: "pb-figure" }, el("figcaption", null, "The line that decided, with the deciding words marked"), line);
}

/** Spans count characters as Python does: by code point. */
function marked(message, spans) {
  const characters = Array.from(message);
  const pieces = [];
  let done = 0;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const start = Math.max(from, done);
    const end = Math.min(to, characters.length);
    if (end <= start) continue;
    pieces.push(characters.slice(done, start).join(""), el("mark", null, characters.slice(start, end).join("")));
    done = end;
  }
  return [...pieces, characters.slice(done).join("")];
}

function tellApart({ tell_apart: checks, matches }, several) {
  if (!checks?.length) return null;
  const titles = new Map(matches.map((match) => [match.cause, match.title]));
  const named = (cause) => {
    const title = titles.get(cause) ?? cause;
    return el("a", { href: `/causes/${encodeURIComponent(cause)}/` }, title);
  };
  return el(
    "div",
    { class: "pb-tell-apart" },
    el("h3", null, several ? "The check that decides" : "Not sure? The check that decides"),
    checks.map(({ between, because, check, if_this: ifThis, if_that: ifThat }) => [
      because && el("p", null, withPlaceholders(because)),
      check && codeBlock(withPlaceholders(check)),
      el(
        "ul",
        null,
        ifThis && el("li", null, withPlaceholders(ifThis), " → ", named(between[0])),
        ifThat && el("li", null, withPlaceholders(ifThat), " → ", named(between[1])),
      ),
    ]),
  );
}

function firstSteps({ commands, title }, several) {
  if (!commands?.length) return null;
  return el(
    "div",
    { class: "pb-steps" },
    el("h3", null, several ? `First steps for “${title}”` : "First steps"),
    commands.map((command) => codeBlock(withPlaceholders(command))),
  );
}

function sectionHtml(match) {
  if (!match.html) return null;
  const body = el("div", { class: "pb-section" });
  // Rendered by our own service from the catalogue's pages; a paste is never part of it.
  body.innerHTML = match.html;
  for (const node of body.querySelectorAll("[id]")) node.removeAttribute("id");
  markPlaceholders(body);
  for (const pre of body.querySelectorAll("pre")) addCopyButton(wrap(pre, "pb-code"), pre);
  for (const table of body.querySelectorAll("table")) wrap(table, "pb-table").tabIndex = 0;
  return el(
    "details",
    { class: "pb-details" },
    el("summary", null, "Read the section here"),
    body,
    el("p", null, el("a", { href: siteUrl(match.url) }, "Open it on its page")),
  );
}

function wrap(node, name) {
  const holder = el("div", { class: name });
  node.replaceWith(holder);
  holder.append(node);
  return holder;
}

function otherMatches(others) {
  if (!others.length) return null;
  return el(
    "div",
    { class: "pb-others" },
    el("h3", null, "Also possible"),
    el("ul", null, others.map((match) => el("li", null, titleLink(match), ` ${confidenceWords(match.confidence)}`))),
  );
}

function workloads({ workloads: list, matches }) {
  if (!(list?.length > 1)) return null;
  const titles = new Map(matches.map((match) => [match.url, match.title]));
  const known = ["namespace", "pod", "container", "image"].filter((name) => list.some((entry) => entry[name]));
  const names = ["cause", ...known].map((name) => name[0].toUpperCase() + name.slice(1));
  const row = (entry) =>
    el(
      "tr",
      null,
      el("td", null, el("a", { href: siteUrl(entry.url) }, titles.get(entry.url) ?? entry.cause)),
      known.map((name) => el("td", null, entry[name] || "–")),
    );
  return el(
    "div",
    { class: "pb-workloads" },
    el("h3", null, "Which workload, which cause"),
    el(
      "div",
      { class: "pb-table", tabindex: "0" },
      el("table", null, el("thead", null, el("tr", null, names.map((name) => el("th", { scope: "col" }, name)))), el("tbody", null, list.map(row))),
    ),
  );
}

function draft(answer) {
  const text = answer.draft ?? answer.matches[0]?.draft;
  if (!text) return null;
  return el(
    "details",
    { class: "pb-details" },
    el("summary", null, "Is it a pull failure all the same? A draft signature is ready"),
    el(
      "p",
      null,
      "Check what it says and add it to the catalogue: ",
      el("a", { href: "/contributing/" }, "how to contribute"),
      ".",
    ),
    codeBlock(text),
  );
}

function removed(list) {
  if (!list?.length) return null;
  return el("p", { class: "pb-removed" }, el("strong", null, "Removed before matching: "), `${list.join(", ")}.`);
}

/** A link that carries the deciding line (already redacted) in its fragment, which no server sees. */
function shareLink(match) {
  const message = match.evidence?.message;
  const link = `${location.origin}/match/#m=${encodeURIComponent(message ?? "")}`;
  if (!message || link.length > LONGEST_LINK) return null;
  return el("p", { class: "pb-share" }, copyButton("Copy a link that carries this line", () => link));
}
