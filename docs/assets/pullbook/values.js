// The reader's own values in the commands, and the strip that shows and edits them.
// They live in this browser tab (sessionStorage) and are sent nowhere.

import { el } from "./dom.js";
import { DOCKER_HUB, DOCKER_HUB_HOST, KINDS, fits, parse } from "./references.js";

const KEY = "pullbook.values";
const LINK_KEY = "pullbook.link";
const PARAMETERS = { ns: "namespace", pod: "pod", container: "container", image: "image", node: "node" };
const IMAGE_PARTS = ["registry", "repository", "tag", "digest"];

let values = load();

function load() {
  try {
    return validOnes(JSON.parse(sessionStorage.getItem(KEY)) ?? {});
  } catch {
    return {}; // Storage refused, or what is in it is none of ours.
  }
}

function save() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    // Storage refused: the values hold until the page is left.
  }
}

function valid(kind, value) {
  return Object.hasOwn(KINDS, kind) && typeof value === "string" && fits(kind, value);
}

function validOnes(found) {
  return Object.fromEntries(Object.entries(found).filter(([kind, value]) => valid(kind, value)));
}

/** Take over what a paste or a link says. Another pod or image is another incident: start anew. */
export function adopt(found) {
  const fresh = validOnes(found ?? {});
  if (!Object.keys(fresh).length) return;
  const other = ["pod", "image"].some((kind) => fresh[kind] && values[kind] && fresh[kind] !== values[kind]);
  values = { ...(other ? {} : values), ...imageParts(fresh.image), ...fresh };
  changed();
}

function imageParts(image) {
  const reference = image && parse(image);
  if (!reference) return {};
  const { registry, repository, digest } = reference;
  const tag = reference.tag ?? (digest ? null : "latest");
  return { registry, repository, ...(tag && { tag }), ...(digest && { digest }) };
}

function setByHand(kind, value) {
  if (value) values[kind] = value;
  else delete values[kind];
  if (kind === "image") {
    for (const part of IMAGE_PARTS) delete values[part];
    Object.assign(values, imageParts(value));
  } else if (IMAGE_PARTS.includes(kind) && values.image && values.registry && values.repository) {
    const { registry, repository, tag, digest } = values;
    const image = `${registry}/${repository}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`;
    if (fits("image", image)) values.image = image;
  }
  changed(kind);
}

function changed(editing) {
  save();
  fill(document);
  showStrip(editing);
}

/** Write the values into every placeholder below `root`. Without a value the example stays. */
function fill(root) {
  for (const span of root.querySelectorAll(".pb-value")) {
    span.dataset.example ??= span.textContent;
    const value = values[span.dataset.pb];
    const contacted = value === DOCKER_HUB && isContacted(span);
    const text = contacted ? DOCKER_HUB_HOST : (value ?? span.dataset.example);
    if (span.textContent !== text) span.textContent = text;
    span.classList.toggle("pb-value--own", value !== undefined);
  }
}

/**
 * Whether the command connects to this registry: in a URL, or a word of its own that is no login's argument.
 * Elsewhere it is a name: in a reference, a pull secret, a folder of certs.d. The same rule: api/runbook.py.
 */
function isContacted(span) {
  const code = span.closest("code");
  if (!code || span.dataset.pb !== "registry") return false;
  const range = document.createRange();
  range.selectNodeContents(code);
  range.setEndBefore(span);
  const before = range.toString();
  range.selectNodeContents(code);
  range.setStartAfter(span);
  const after = range.toString();
  return /:\/\/$/.test(before) || (/[\s,]$/.test(before) && !/(login|catalog) $/.test(before) && !/^(\/|:(\s|$))/.test(after));
}

const EXAMPLE_KINDS = new Map(Object.entries(KINDS).map(([kind, { example }]) => [example, kind]));
const EXAMPLES = new RegExp(
  `(?<![\\w.-])(${[...EXAMPLE_KINDS.keys()]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[.]/g, "\\$&"))
    .join("|")})(?![\\w-])`,
);

/** A command as nodes, with the example values in it as placeholders the strip can fill. */
export function withPlaceholders(command) {
  return command.split(EXAMPLES).map((piece) => {
    const kind = EXAMPLE_KINDS.get(piece);
    return kind ? el("span", { class: "pb-value", "data-pb": kind }, piece) : piece;
  });
}

/** The same for code that is already built, where nothing is marked yet. */
export function markPlaceholders(root) {
  for (const code of root.querySelectorAll("code")) {
    if (code.querySelector(".pb-value")) continue;
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) if (EXAMPLES.test(text.data)) text.replaceWith(...withPlaceholders(text.data));
  }
}

/** Fill what was added to the page and bring the strip up to date. */
export function refreshValues() {
  fill(document);
  showStrip();
}

/** A page was opened: adopt what its link carries (once per link), fill, show the strip. */
export function openPage() {
  document.querySelector(".pb-strip")?.remove();
  const link = new URLSearchParams(location.search);
  const found = {};
  for (const [name, kind] of Object.entries(PARAMETERS)) if (link.get(name)) found[kind] = link.get(name);
  if (Object.keys(found).length && sessionItem(LINK_KEY) !== location.search) {
    sessionItem(LINK_KEY, location.search);
    adopt(found);
  }
  refreshValues();
}

function sessionItem(key, value) {
  try {
    if (value !== undefined) sessionStorage.setItem(key, value);
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

// The strip

function kindsOnPage() {
  const used = new Set([...document.querySelectorAll(".pb-value")].map((span) => span.dataset.pb));
  return Object.keys(KINDS).filter((kind) => used.has(kind));
}

function showStrip(editing) {
  const kinds = kindsOnPage();
  const strip = document.querySelector(".pb-strip");
  if (!kinds.length) return strip?.remove();
  if (strip && strip.dataset.kinds === kinds.join(" ")) return updateStrip(strip, editing);
  const open = strip?.querySelector("details").open;
  strip?.remove();
  const built = buildStrip(kinds);
  built.querySelector("details").open = Boolean(open);
  updateStrip(built);
}

function place(strip) {
  const slot = document.querySelector(".pb-strip-slot");
  if (slot) return slot.append(strip);
  const before = document.getElementById("pullbook-answer") ?? document.querySelector("article h1");
  if (before) before.after(strip);
  else document.querySelector("article")?.prepend(strip);
}

function buildStrip(kinds) {
  const strip = el(
    "section",
    { class: "pb-strip", "aria-label": "Values in the commands", "data-kinds": kinds.join(" ") },
    el("p", { class: "pb-strip__summary" }),
    el(
      "details",
      null,
      el("summary", null, "Edit values"),
      el("div", { class: "pb-strip__fields" }, kinds.map(field)),
      el("p", { class: "pb-hint" }, "Kept in this browser tab only."),
      el("button", { type: "button", class: "pb-button", onclick: reset }, "Reset to the examples"),
    ),
  );
  place(strip);
  return strip;
}

function field(kind) {
  const { label, example, form } = KINDS[kind];
  const id = `pb-value-${kind}`;
  const error = el("span", { class: "pb-error", id: `${id}-error`, role: "alert" });
  const input = el("input", {
    id,
    type: "text",
    placeholder: example,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "data-kind": kind,
  });
  input.addEventListener("input", () => {
    const value = input.value.trim();
    const refused = value !== "" && !fits(kind, value);
    refuse(input, error, refused ? `Not used. Must be ${form}.` : "");
    if (!refused) setByHand(kind, value);
  });
  return el("div", { class: "pb-field" }, el("label", { for: id }, label), input, error);
}

function refuse(input, error, message) {
  error.textContent = message;
  if (message) {
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", error.id);
  } else {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

function reset() {
  values = {};
  changed();
}

function updateStrip(strip, editing) {
  const kinds = strip.dataset.kinds.split(" ");
  const own = kinds.filter((kind) => values[kind] !== undefined);
  // With the image shown, its parts say nothing new.
  const told = own.filter((kind) => !(own.includes("image") && IMAGE_PARTS.includes(kind)));
  const examples = kinds.filter((kind) => values[kind] === undefined);
  const named = (kind) => KINDS[kind].label.toLowerCase();
  const rest = examples.length > 4 ? "The others are examples." : `Examples: ${examples.map(named).join(", ")}.`;
  const words = told.flatMap((kind, at) => [
    at ? ", " : "",
    `${named(kind)} `,
    el("code", null, values[kind]),
  ]);
  strip.querySelector(".pb-strip__summary").replaceChildren(
    el("strong", null, "Commands speak about: "),
    ...(told.length ? words : ["example values. Put in your own, or paste the error"]),
    told.length && examples.length ? `. ${rest}` : ".",
  );
  for (const input of strip.querySelectorAll("input")) {
    const { kind } = input.dataset;
    if (kind === editing) continue;
    input.value = values[kind] ?? "";
    refuse(input, document.getElementById(`${input.id}-error`), "");
  }
}
