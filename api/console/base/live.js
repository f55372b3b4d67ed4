// Hears of what happens to a key while its page is open: its part of the audit log as server-sent events, read with fetch,
// since EventSource cannot carry a token.
import { useEffect, useState } from "./html.js";
import { send, withQuery } from "./api.js";

const firstPause = 1000, longestPause = 30000; // milliseconds, before the stream is opened again

const pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

// The data of a block of lines (WHATWG HTML section 9.2.6), or nothing: a comment, say.
function eventIn(block) {
  const lines = block.split(/\r\n|\r|\n/).filter((line) => line.startsWith("data:"));
  return lines.length ? JSON.parse(lines.map((line) => line.slice(5)).join("\n")) : null;
}

async function readStream(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    const events = blocks.map(eventIn).filter(Boolean);
    if (events.length) heard(events);
  }
}

// Opens the stream again and again, each time behind the last event that was heard.
async function follow(key, heard, signal) {
  let after = 0;
  let wait = firstPause;
  const note = (events) => {
    after = events.at(-1).number;
    wait = firstPause;
    heard(events);
  };
  while (!signal.aborted) {
    try {
      const response = await send(withQuery("/v1/events", { key, after }), { headers: { Accept: "text/event-stream" }, signal });
      await readStream(response.body, note);
    } catch (failure) {
      if (failure.status >= 400 && failure.status < 500) return; // asking again would not help
    }
    await pause(wait, signal);
    wait = Math.min(2 * wait, longestPause);
  }
}

// All that happened to a key, oldest first, and what happens. `key` is an id; none while it is undefined.
export function useEvents(key) {
  const [events, setEvents] = useState([]);
  useEffect(() => {
    if (!key) return undefined;
    const controller = new AbortController();
    setEvents([]);
    follow(key, (fresh) => setEvents((old) => [...old, ...fresh]), controller.signal);
    return () => controller.abort();
  }, [key]);
  return events;
}
