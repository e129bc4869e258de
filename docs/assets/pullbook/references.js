// Names and their grammars. A mirror of api/references.py: change both or neither.

const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const HOST =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*" +
  "|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?";
const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(?:\\.${LABEL})*`;
const LONGEST = 512;
export const DOCKER_HUB = "docker.io";
export const DOCKER_HUB_HOST = "registry-1.docker.io"; // its name in references is no host that serves images
const HUB_ALIASES = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"];

const whole = (pattern) => new RegExp(`^(?:${pattern})$`);
const GRAMMARS = {
  registry: whole(HOST),
  repository: whole(`${COMPONENT}(?:/${COMPONENT})*`),
  tag: whole("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"),
  digest: whole("sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})"),
  namespace: whole(LABEL),
  container: whole(LABEL),
  pod: whole(SUBDOMAIN),
  node: whole(SUBDOMAIN),
  secret: whole(SUBDOMAIN),
  deployment: whole(SUBDOMAIN),
  "service-account": whole(SUBDOMAIN),
};

/** Each kind of value: its name for people, the example in the pages, what a valid value looks like. */
export const KINDS = {
  image: {
    label: "Image",
    example: "registry.example.com/team/app:1.2.3",
    form: "an image reference: registry/repository:tag, no spaces, repository in lower case",
  },
  registry: { label: "Registry", example: "registry.example.com", form: "a host name, with :port if needed" },
  repository: { label: "Repository", example: "team/app", form: "lower case letters, digits and . _ - between slashes" },
  tag: { label: "Tag", example: "1.2.3", form: "letters, digits and . _ - (at most 128)" },
  digest: {
    label: "Digest",
    example: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    form: "sha256: and 64 hexadecimal digits",
  },
  namespace: { label: "Namespace", example: "your-namespace", form: "lower case letters, digits and - (at most 63)" },
  pod: { label: "Pod", example: "your-pod", form: "lower case letters, digits, - and ." },
  container: { label: "Container", example: "your-container", form: "lower case letters, digits and - (at most 63)" },
  deployment: { label: "Deployment", example: "your-deployment", form: "lower case letters, digits, - and ." },
  node: { label: "Node", example: "your-node", form: "lower case letters, digits, - and ." },
  secret: { label: "Pull secret", example: "your-pull-secret", form: "lower case letters, digits, - and ." },
  "service-account": {
    label: "Service account",
    example: "your-service-account",
    form: "lower case letters, digits, - and .",
  },
};

/** Whether `value` is written as a `kind` must be. None of these grammars admits a shell character. */
export function fits(kind, value) {
  if (kind === "image") return parse(value) !== null;
  return Object.hasOwn(GRAMMARS, kind) && value.length <= LONGEST && GRAMMARS[kind].test(value);
}

/** Take an image reference apart as the runtimes do; null where it does not parse. */
export function parse(text) {
  if (!text || text.length > LONGEST) return null;
  const [name, digest] = cut(text, "@");
  if (digest !== null && !GRAMMARS.digest.test(digest)) return null;
  const [head, rest] = cut(name, "/");
  const hasHost = rest !== null && (/[.:]/.test(head) || head === "localhost" || head !== head.toLowerCase());
  let registry = hasHost ? head : DOCKER_HUB;
  let [repository, tag] = cut(hasHost ? rest : name, ":");
  if (tag !== null && !GRAMMARS.tag.test(tag)) return null;
  if (HUB_ALIASES.includes(registry)) registry = DOCKER_HUB;
  if (registry === DOCKER_HUB && !repository.includes("/")) repository = `library/${repository}`;
  if (!GRAMMARS.repository.test(repository) || !GRAMMARS.registry.test(registry)) return null;
  return { registry, repository, tag, digest };
}

function cut(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + mark.length)];
}
