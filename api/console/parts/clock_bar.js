// The lab's clock, at the foot of every page: what time it is, and to move it.
import { html, useEffect, useState } from "../base/html.js";
import { get, keyPath } from "../base/api.js";
import { useClock } from "../base/clock.js";
import { millisecondsPerDay as day, parseTime, timeText } from "../base/format.js";
import { advanceClock, readClock } from "../base/lab.js";
import { useRoute } from "../base/route.js";

const readEvery = 5000; // milliseconds; somebody else may move it, too

function useReading() {
  const [kind, setKind] = useState("");
  useEffect(() => {
    const read = () => readClock().then((reading) => setKind(reading.kind), () => {});
    read();
    const timer = setInterval(() => document.hidden || read(), readEvery);
    return () => clearInterval(timer);
  }, []);
  return kind;
}

// Of the key that is looked at, else the earliest of the first keys.
async function nextDue({ page, argument }) {
  const keys = page === "keys" && argument ? [await get(keyPath(argument))] : (await get("/v1/keys?limit=100")).keys;
  const due = keys.map((key) => parseTime(key.next?.due)).filter((time) => time !== null);
  return due.length ? Math.min(...due) : null;
}

export function ClockBar() {
  const route = useRoute();
  const { now } = useClock();
  const kind = useReading();
  const [told, setTold] = useState("");
  const [busy, setBusy] = useState(false);
  const move = async (distance) => {
    setBusy(true);
    setTold("");
    try {
      const by = await distance();
      if (by === null) setTold("Nothing is due by itself.");
      else {
        const { steps } = await advanceClock(by);
        setTold(`${steps} ${steps === 1 ? "step was" : "steps were"} due on the way.`);
      }
    } catch (refusal) {
      setTold(refusal.message);
    }
    setBusy(false);
  };
  const toNext = async () => {
    const due = await nextDue(route);
    return due === null ? null : Math.max(due - now, 1000);
  };
  return html`<footer class="clock" aria-label="The lab's clock">
    <p><strong>Lab</strong> <time datetime=${new Date(now).toISOString()}>${timeText(now)}</time></p>
    <div class="buttons">
      <button type="button" class="small" disabled=${busy || kind === "system"} onClick=${() => move(async () => day)}>+1 day</button>
      <button type="button" class="small" disabled=${busy || kind === "system"} onClick=${() => move(toNext)}>To the next event</button>
      <button type="button" class="small" disabled=${busy || kind === "system"} onClick=${() => move(async () => 30 * day)}>+30 days</button>
    </div>
    <p class="told" role="status">${kind === "system" ? "The clock is the system's: it cannot be moved." : told}</p>
  </footer>`;
}
