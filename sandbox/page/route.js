/** Where the person is, in the address: `#/U1/C1`, `#/U1/C1/home`, `#/U1/C1/1700000000.000100`. */

/** `{person, channel, thread, tab}`; what the address does not say is null. */
export function read() {
  if (location.hash.startsWith("#channel=")) return readPermalink();
  const [person, channel, rest] = location.hash
    .replace(/^#\//, "")
    .split("/")
    .map(decodeURIComponent);
  const isThread = /^\d+\.\d+$/.test(rest ?? "");
  return {
    person: person || null,
    channel: channel || null,
    thread: isThread ? rest : null,
    tab: rest === "home" ? "home" : "messages",
  };
}

/** A message's permalink arrives as `#channel=C1&ts=…&thread_ts=…`. */
function readPermalink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const thread = given.get("thread_ts") ?? given.get("ts");
  return { person: null, channel: given.get("channel"), thread, tab: "messages" };
}

/** The address of a place. */
export function address({ person, channel, thread, tab }) {
  const parts = [person, channel, thread ?? (tab === "home" ? "home" : null)].filter(Boolean);
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Go there; `replace` leaves no step to go back to. */
export function go(place, { replace = false } = {}) {
  const to = address(place);
  if (to === location.hash) return;
  if (replace) history.replaceState(null, "", to);
  else location.hash = to;
}
