/** The control API: what the page asks of the server. Keeps no state. */

/** A call that the server refused, or that did not reach it; its message is for the person. */
export class Refusal extends Error {
  constructor(code, detail) {
    super(detail || code);
    this.code = code;
  }
}

const UNREACHABLE = "The server does not answer. Check that the sandbox is still running.";

async function call(path, options) {
  let response;
  try {
    response = await fetch(`/sandbox/${path}`, options);
  } catch {
    throw new Refusal("unreachable", UNREACHABLE);
  }
  const answer = await response
    .json()
    .catch(() => ({ ok: false, error: `status_${response.status}` }));
  if (answer.ok === false && !answer.errors)
    throw new Refusal(answer.error ?? "unknown_error", answer.detail);
  return answer;
}

/** Read: `get("messages", {as, channel})`. */
export function get(path, parameters = {}) {
  const given = Object.entries(parameters).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const query = new URLSearchParams(given).toString();
  return call(query ? `${path}?${query}` : path, {});
}

/** Act: `post("react", {as, channel, ts, emoji})`. */
export function post(path, body = {}, method = "POST") {
  return call(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
