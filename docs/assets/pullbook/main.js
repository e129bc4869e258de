// Pullbook in the page: the paste box, the values in the commands, the addition to the search.

import { onPage, timer } from "./dom.js";
import { bindPasteBox, openPasteBox } from "./paste-box.js";
import { bindSearch } from "./search.js";
import { openPage } from "./values.js";

const SETTLED = 250; // ms: by then the theme has wrapped tables and code
const later = timer();
let followed = ""; // the link that was clicked last
let arrived = ""; // the same, once its page is open

bindPasteBox();
bindSearch();
onPage(() => {
  [arrived, followed] = [followed, ""];
  openPage();
  openPasteBox();
  nameNavigation();
  later(SETTLED, settle);
});

document.addEventListener("click", (event) => (followed = event.target.closest?.("a")?.href ?? ""), true);
window.addEventListener("resize", () => later(SETTLED, settle));

function settle() {
  land();
  reachTables();
  // The theme puts each copy button into a landmark of its own, without a name.
  for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none");
}

/**
 * A link to a section ends at that section. The theme scrolls back instead to where the last page was left,
 * if that page was still scrolling when the link was followed.
 */
function land() {
  if (location.hash && arrived === location.href) location.replace(location.href); // also sets :target
  arrived = "";
}

/** A table wider than the screen scrolls in the theme's wrapper: let the keyboard reach it. */
function reachTables() {
  for (const wrapper of document.querySelectorAll(".md-typeset__scrollwrap")) {
    if (wrapper.scrollWidth > wrapper.clientWidth) wrapper.tabIndex = 0;
    else wrapper.removeAttribute("tabindex");
  }
}

/** A section with a page of its own has an empty label in the theme: name it after its title. */
function nameNavigation() {
  for (const nav of document.querySelectorAll(".md-nav[aria-labelledby]")) {
    const label = document.getElementById(nav.getAttribute("aria-labelledby"));
    const title = nav.querySelector(":scope > .md-nav__title")?.textContent.trim();
    if (label?.textContent.trim() || !title) continue;
    nav.removeAttribute("aria-labelledby");
    nav.setAttribute("aria-label", title);
  }
}
