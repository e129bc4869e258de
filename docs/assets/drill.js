// Plays an incident drill on the page's own disclosures: one round at a time, with a tally.
// Without this script the page is the same drill as nested <details>; nothing here adds content.

import { copyButton, el, onPage } from "./pullbook/dom.js";

const STORE = "pullbook-drill:";
const REPORT = 0;

onPage(() => document.querySelectorAll(".drill:not([data-playing])").forEach((root) => new Game(root)));

class Game {
  constructor(root) {
    root.dataset.playing = "yes";
    root.querySelector(".drill-howto")?.remove();
    this.name = root.dataset.drill;
    this.count = Number(root.dataset.rounds);
    this.choices = new Map();
    this.rounds = new Map();
    for (const details of root.querySelectorAll(".drill-round")) this.readRound(details);
    this.readReport(root.querySelector(".drill-report"));
    this.status = el("p", { class: "drill-status", role: "status" });
    root.prepend(
      el("div", { class: "drill-bar" }, this.status, button("Start again", "pb-button", () => this.restart())),
    );
    this.open(shared() ?? this.stored());
    addEventListener("hashchange", () => {
      if (root.isConnected && shared()) this.open(shared());
    });
  }

  // Reading the page

  readRound(details) {
    const number = Number(details.dataset.round);
    const heading = el("h2", { id: `${details.id}-title`, tabindex: "-1" }, text(details));
    const list = el("ul", { class: "drill-choices" });
    const results = el("div", { class: "drill-results" });
    const section = el("section", { class: "drill-round", id: details.id, "aria-labelledby": heading.id }, heading);
    for (const part of [...details.children]) {
      if (part.matches(".drill-choice")) list.append(this.readChoice(part, number));
      else if (part.localName !== "summary") section.append(part);
    }
    section.append(list, results);
    details.replaceWith(section);
    this.rounds.set(number, { section, heading, results });
  }

  readChoice(details, round) {
    const { choice: id, minutes, down, next, best } = details.dataset;
    const label = text(details);
    const press = el("button", { type: "button", class: "drill-button", onclick: () => this.choose(id) });
    press.append(...details.querySelector("summary").childNodes);
    const heading = el("h3", { tabindex: "-1" }, `You chose: ${label}`);
    const result = el("div", { class: "drill-result" }, heading);
    result.append(...[...details.children].filter((part) => part.localName !== "summary"));
    const link = result.querySelector(".drill-go");
    const go = button(link.textContent, "pb-button pb-button--primary", () => this.go(id));
    link.replaceWith(go);
    this.choices.set(id, {
      id, round, label, press, heading, result, go,
      minutes: Number(minutes), down: Number(down), best: best === "yes",
      next: next === "stay" ? null : Number(next),
      verdict: result.querySelector(".drill-verdict strong").textContent,
    });
    return el("li", null, press);
  }

  readReport(details) {
    const heading = el("h2", { id: "damage-report-title", tabindex: "-1" }, text(details));
    const section = el("section", { class: "drill-report", id: details.id, "aria-labelledby": heading.id }, heading);
    section.append(...[...details.children].filter((part) => part.localName !== "summary"));
    details.replaceWith(section);
    this.steps = el("ol");
    this.link = el("input", { class: "drill-link", id: "drill-link", readonly: true, type: "text" });
    const rows = section.querySelector("tbody");
    this.row = el("tr");
    rows.prepend(this.row);
    (rows.closest(".md-typeset__scrollwrap") ?? rows.closest("table")).after(
      el("p", null, el("strong", null, "Your path:")), this.steps,
    );
    section.append(
      el("h3", null, "Share this run"),
      el("div", { class: "drill-share" },
        el("label", { for: "drill-link" }, "A link that shows your path"), this.link,
        copyButton("Copy the link", () => this.link.value)),
      button("Play it again", "pb-button", () => this.restart()),
    );
    this.report = { section, heading };
  }

  // Playing

  choose(id) {
    this.path.push(id);
    this.save();
    this.show();
    this.choices.get(id).heading.focus();
  }

  go(id) {
    const { next, round } = this.choices.get(id);
    if (next === null) {
      this.rounds.get(round).section.querySelector(".drill-button:not([disabled])").focus();
      return;
    }
    this.at = next;
    this.save();
    this.show();
    (this.rounds.get(next) ?? this.report).heading.focus();
  }

  restart() {
    history.replaceState(history.state, "", location.pathname + location.search);
    this.open({ path: [], at: 1 });
    this.save();
    this.rounds.get(1).heading.focus();
  }

  open(state) {
    this.path = [];
    let here = 1;
    for (const id of state?.path ?? []) {
      const choice = this.choices.get(id);
      if (!choice || choice.round !== here || this.path.includes(id)) break;
      this.path.push(id);
      here = choice.next ?? here;
    }
    // `at` lags behind when a result was shown and nobody has gone on yet.
    const behind = this.choices.get(this.path.at(-1))?.round;
    this.at = behind !== undefined && state.at === behind ? behind : here;
    this.show();
  }

  stored() {
    try {
      return JSON.parse(sessionStorage.getItem(STORE + this.name));
    } catch {
      return null;
    }
  }

  save() {
    try {
      sessionStorage.setItem(STORE + this.name, JSON.stringify({ path: this.path, at: this.at }));
    } catch {
      // Storage is full or forbidden: the run lasts as long as the page.
    }
  }

  // Showing

  show() {
    const taken = this.path.map((id) => this.choices.get(id));
    const left = new Set(taken.filter((choice) => choice.next !== null).map((choice) => choice.round));
    const seen = new Set([1, this.at, ...taken.map((choice) => choice.round)]);
    for (const [number, { section, results }] of this.rounds) {
      section.hidden = !seen.has(number);
      results.replaceChildren(...taken.filter((choice) => choice.round === number).map((choice) => choice.result));
    }
    for (const choice of this.choices.values()) {
      const tried = taken.includes(choice);
      choice.press.disabled = tried || left.has(choice.round);
      choice.press.dataset.tried = tried ? "yes" : "no";
      choice.go.hidden = choice !== taken.at(-1) || this.at !== choice.round;
    }
    this.report.section.hidden = this.at !== REPORT;
    this.tell(taken);
  }

  tell(taken) {
    const sum = (key) => taken.reduce((total, choice) => total + choice[key], 0);
    const wrong = taken.filter((choice) => !choice.best).length;
    const ended = this.at === REPORT;
    const where = ended ? "The end." : `Round ${this.at} of ${this.count}.`;
    const last = taken.at(-1);
    const said = last && last.round === this.at ? `${last.verdict} ` : "";
    const spent = `${many(sum("minutes"), "minute")}${ended ? "" : " so far"}`;
    this.status.textContent = `${said}${where} ${spent}, ${many(wrong, "wrong turn")}.`;
    this.row.replaceChildren(
      ...["You", sum("minutes"), sum("down"), wrong].map((value) => el("td", null, String(value))),
    );
    this.steps.replaceChildren(
      ...taken.map((choice) => el("li", null, `${choice.label}: ${many(choice.minutes, "minute")}. ${choice.verdict}`)),
    );
    this.link.value = `${location.href.split("#")[0]}#play=${this.path.join(".")}`;
  }
}

/** The run in the address, if there is one: `#play=1b.2d.3c`. */
function shared() {
  const found = /^#play=([0-9a-z.]+)$/.exec(location.hash);
  return found && { path: found[1].split(".") };
}

function text(details) {
  return details.querySelector("summary").textContent.trim();
}

function many(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function button(label, classes, onclick) {
  return el("button", { type: "button", class: classes, onclick }, label);
}
