// Asks the API, as any client of it does. What it refuses is thrown as a Refusal with its problem document (RFC 9457).
import { keepToken, readToken } from "./token.js";

export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
  get status() {
    return this.problem.status;
  }
}

const unreachable = {
  status: 0,
  type: "unreachable",
  title: "No answer",
  detail: "custdkim does not answer; is it running, and are you connected to it?",
};

let tokenRefused = () => {};

// Tells the one who asks for the token that there is none, or that it is not taken any more.
export function onTokenRefused(tell) {
  tokenRefused = tell;
}

export async function send(path, { method = "GET", headers = {}, body, signal } = {}) {
  const token = readToken();
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      credentials: "omit",
      redirect: "error",
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Refusal(unreachable);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({ title: response.statusText, detail: response.statusText }));
  if (response.status === 401) {
    keepToken("");
    tokenRefused();
  }
  throw new Refusal({ ...problem, status: response.status });
}

export async function ask(method, path, body, more = {}) {
  const response = await send(path, { method, body, ...more });
  return response.json();
}

// A key as it is answered, with its ETag as `etag`. `seen` is the one of the key that an order is meant for: where the key
// is another by then, the order is refused with 412.
export async function askForKey(method, path, body, seen) {
  const response = await send(path, { method, body, headers: onlyIf(seen) });
  return { ...(await response.json()), etag: response.headers.get("ETag") };
}

export const onlyIf = (seen) => (seen ? { "If-Match": seen } : {});

export const get = (path, signal) => ask("GET", path, undefined, { signal });

// "/v1/keys" and {limit: 5} as one.
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== "") query.set(name, value);
  }
  const text = query.toString().replaceAll("+", "%20"); // in an address a plus is a plus (RFC 3986)
  return text ? `${path}?${text}` : path;
}

export const keyPath = (id, rest = "") => `/v1/keys/${encodeURIComponent(id)}${rest}`;
