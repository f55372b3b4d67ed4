// What happened to a key: its part of the audit log, the newest first.
import { html, useState } from "../base/html.js";
import { parseTime } from "../base/format.js";
import { Time } from "./basics.js";

const shownAtFirst = 10;

// The same again and again, as looks are while somebody waits, is told once.
function grouped(events) {
  const groups = [];
  for (const event of events) {
    const last = groups.at(-1);
    const isSame = last && ["action", "actor", "detail"].every((name) => last.event[name] === event[name]);
    if (isSame) last.times += 1;
    else groups.push({ event, times: 1 });
  }
  return groups;
}

const Entry = ({ of: { event, times } }) => html`<li>
  <${Time} at=${parseTime(event.at)} /> <strong>${event.action}</strong>${times > 1 && ` (${times} times)`}${" "}
  <span class="quiet">by ${event.actor}</span>
  ${event.detail && html`<p>${event.detail}</p>`}</li>`;

export function KeyEvents({ of: events }) {
  const [all, setAll] = useState(false);
  const entries = grouped(events.slice().reverse());
  const shown = all ? entries : entries.slice(0, shownAtFirst);
  return html`<section aria-labelledby="events">
    <h2 id="events">What happened</h2>
    <ol class="events">${shown.map((entry) => html`<${Entry} key=${entry.event.number} of=${entry} />`)}</ol>
    ${shown.length < entries.length && html`<button type="button" onClick=${() => setAll(true)}>All ${events.length} events</button>`}
  </section>`;
}
