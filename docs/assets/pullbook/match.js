// The one call to the service. The paste travels in the body of a POST and nowhere else.

const ENDPOINT = "/api/v1/match";

/** Something to tell the reader instead of an answer: what happened and what to do. */
export class Trouble extends Error {
  constructor(title, detail, fix) {
    super(title);
    Object.assign(this, { title, detail, fix });
  }
}

const NO_SERVICE = "Matching needs the Pullbook service";
const START_IT =
  "Run `make serve` in a copy of Pullbook, open the address it prints, and paste there. Or choose the cause by hand from the list of causes.";

/** Match a text. Throws Trouble, or AbortError when `signal` was used. */
export async function match(text, signal) {
  let response;
  try {
    response = await fetch(ENDPOINT, {
      method: "POST",
      headers: { "Content-Type": "text/plain; charset=utf-8", Accept: "application/json" },
      body: text,
      signal,
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(NO_SERVICE, "No answer came from it: the network or the service is down.", START_IT);
  }
  const body = await json(response);
  if (response.ok && body && typeof body.verdict === "string") return body;
  if (body && body.title) throw new Trouble(body.title, body.detail, body.fix);
  if (response.ok || [404, 405, 501].includes(response.status)) {
    throw new Trouble(NO_SERVICE, "This copy of the site is served without it.", START_IT);
  }
  throw new Trouble(`The service answered ${response.status}`, "It gave no reason.", "Try again in a moment.");
}

async function json(response) {
  if (!/\bjson\b/.test(response.headers.get("Content-Type") ?? "")) return null;
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null;
  }
}

/** What the commands can speak about, as far as this answer shows it. */
export function capturesOf(answer) {
  const [first] = answer.matches ?? [];
  const alone = answer.workloads?.length === 1 ? answer.workloads[0] : {};
  const { namespace, pod, container, image } = alone;
  const known = { namespace, pod, container, image, ...first?.captures };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value));
}
