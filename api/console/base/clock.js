// What time it is for the service: the browser's clock, unless a lab has its own, which somebody moves.
import { useEffect, useState } from "./html.js";

let ahead = 0; // of the browser's clock, in milliseconds
let frozenAt = null;
const watchers = new Set();
let moves = 0;
let lastRead = "";

export const now = () => frozenAt ?? Date.now() + ahead;

// `reading` is what GET /lab/v1/clock answers.
export function setClock(reading) {
  if (reading.now === lastRead) return; // all is asked for again after a move
  lastRead = reading.now;
  const time = Date.parse(reading.now);
  frozenAt = reading.kind === "frozen" ? time : null;
  ahead = reading.kind === "accelerated" ? time - Date.now() : 0;
  ++moves;
  for (const watcher of watchers) watcher();
}

// Any answer that tells the time may know more than the last reading: somebody else has moved the clock since. `text` is
// what the service says. What it was asked before is old then, but that is for the next reading to say.
export function hearTime(text) {
  const time = Date.parse(text);
  if (!(time > now())) return;
  if (frozenAt === null) ahead = time - Date.now();
  else frozenAt = time;
  for (const watcher of watchers) watcher();
}

// Draws a component again when somebody moves the clock, and now and then while it runs. `moves` counts the former: what
// was asked of the service before such a move is old.
export function useClock() {
  const [, draw] = useState(0);
  useEffect(() => {
    const watcher = () => draw((count) => count + 1);
    watchers.add(watcher);
    const timer = setInterval(watcher, 15000);
    return () => {
      watchers.delete(watcher);
      clearInterval(timer);
    };
  }, []);
  return { now: now(), moves };
}
