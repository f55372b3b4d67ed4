// The rotation of a key: the picture of it, what comes next, and the same in words.
import { html, useEffect, useState } from "../base/html.js";
import { get, keyPath, withQuery } from "../base/api.js";
import { hearTime } from "../base/clock.js";
import { parseTime, timeText } from "../base/format.js";
import { Problem, Time } from "./basics.js";
import { Picture, stateWords } from "./picture.js";
import { nextText } from "./state.js";

const shownSteps = 5, daysAStep = 30;
const cycles = 4; // more than fit beside today

// Asked for anew whenever the key is.
function useTimeline(key) {
  const [state, setState] = useState({ timeline: null, problem: null });
  useEffect(() => {
    let ended = false;
    get(withQuery(keyPath(key.id, "/timeline"), { cycles })).then(
      (timeline) => {
        hearTime(timeline.now);
        if (!ended) setState({ timeline, problem: null });
      },
      (refusal) => ended || setState((old) => ({ ...old, problem: refusal.problem })),
    );
    return () => (ended = true);
  }, [key]);
  return state;
}

const Legend = () => html`<ul class="legend" aria-label="What the bars mean">
  ${["published", "active", "retired"].map((state) => html`<li key=${state}><span class=${`swatch ${state}`}></span>
    ${state === "published" ? "published, ready" : stateWords[state]}</li>`)}
  <li><span class="swatch planned"></span>lighter: planned</li>
</ul>`;

function stepText(step) {
  if (step.action === "publish") return `a new pair is published in ${step.selector}`;
  if (step.action === "sign") return `${step.selector} signs`;
  return `${nextText(step.action)}${step.selector ? ` (${step.selector})` : ""}`;
}

function Next({ steps, now }) {
  if (!steps.length) return html`<p class="quiet">Nothing is planned while the key does not sign.</p>`;
  return html`<h3>What comes next</h3>
    <ol class="steps">${steps.slice(0, shownSteps).map((step) => html`<li key=${`${step.due}${step.action}`}>
      <${Time} at=${parseTime(step.due)} /> <span class="quiet"><${Time} at=${parseTime(step.due)} now=${now} /></span>
      <br />${stepText(step)}</li>`)}</ol>`;
}

function InWords({ timeline, now }) {
  const rows = timeline.slots.flatMap((slot) => slot.pairs.flatMap((pair) =>
    pair.spans.map((span) => ({ selector: slot.selector, pair: pair.number, ...span }))));
  return html`<details><summary>The picture in words</summary>
    <div class="scroll" tabindex="0"><table>
      <thead><tr><th>Selector</th><th>Pair</th><th>State</th><th>From</th><th>To</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${`${row.pair}${row.from}${row.state}`}>
        <td>${row.selector}</td><td>${row.pair}</td>
        <td>${stateWords[row.state] ?? row.state}${parseTime(row.from) > now && " (planned)"}</td>
        <td>${timeText(parseTime(row.from))}</td><td>${row.to ? timeText(parseTime(row.to)) : "–"}</td></tr>`)}</tbody>
    </table></div></details>`;
}

export function Rotation({ of: key, now }) {
  const { timeline, problem } = useTimeline(key);
  const [offset, setOffset] = useState(0);
  const label = key.rotation
    ? `${key.signing_selector} signs; ${key.rotation.selector} will from ${timeText(parseTime(key.rotation.sign_at))}`
    : "the pairs of this key; none signs";
  return html`<section aria-labelledby="rotation">
    <div class="head"><h2 id="rotation">Rotation</h2>
      <div class="buttons" role="group" aria-label="Move the picture">
        <button type="button" class="small" onClick=${() => setOffset(offset - daysAStep)}>Earlier</button>
        <button type="button" class="small" onClick=${() => setOffset(0)} disabled=${offset === 0}>Today</button>
        <button type="button" class="small" onClick=${() => setOffset(offset + daysAStep)}>Later</button>
      </div></div>
    <${Problem} problem=${problem} />
    ${timeline && html`<div class="card">
      <${Picture} timeline=${timeline} now=${now} offset=${offset} label=${label} />
      <${Legend} />
      <${Next} steps=${timeline.planned} now=${now} />
      <${InWords} timeline=${timeline} now=${now} />
    </div>`}
  </section>`;
}
