// One CNAME: in the forms that DNS providers ask for, and what was seen of it, with cause, evidence and fix.
import { html } from "../base/html.js";
import { parseTime } from "../base/format.js";
import { Copyable, Time } from "./basics.js";
import { outcomeOf, slotName, Verdict } from "./state.js";

// Providers differ in whether the host field is to have the zone behind it.
const hostWithin = (name, zone) => (name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name);

function hostForms(name, [zone, ...smaller]) {
  if (!smaller.length) return [["Host", hostWithin(name, zone), "host"]];
  return [
    [`Host, in the zone ${zone}`, hostWithin(name, zone), `host in ${zone}`],
    ...smaller.map((own) => [`Host, if ${own} is a zone of its own`, hostWithin(name, own), `host in ${own}`]),
  ];
}

function Forms({ slot, within }) {
  const { name, target } = slot.cname;
  const forms = [
    ...hostForms(name, within),
    ["Host, with the domain", name, "host with the domain"],
    ["Target", target, "target"],
    ["Target, with the final dot", `${target}.`, "target with the final dot"],
    ["Line of a zone file", `${name}. 300 IN CNAME ${target}.`, "zone-file line"],
  ];
  return html`<dl class="forms">${forms.map(([label, value, what]) => html`<div key=${label}>
    <dt>${label}</dt><dd><${Copyable} what=${`${slot.selector}: ${what}`} value=${value} /></dd></div>`)}</dl>
    <p class="hint">Type CNAME, any TTL; not proxied.</p>`;
}

function Evidence({ lines }) {
  if (!lines.length) return null;
  return html`<details><summary>Evidence: what was asked, and answered</summary>
    <pre class="evidence" tabindex="0">${lines.join("\n")}</pre></details>`;
}

function Seen({ finding, now }) {
  if (!finding) return html`<p class="quiet">Nobody looked yet.</p>`;
  const others = finding.candidates.filter((candidate) => candidate !== finding.cause);
  return html`<div class="seen">
    ${finding.cause && html`<p>Cause <code class="cause">${finding.cause}</code>${others.length > 0 &&
      html`, which looks from outside just like ${others.map((other, at) => html`${at ? ", " : ""}<code>${other}</code>`)}`}</p>`}
    ${finding.detail && html`<p>${finding.detail}</p>`}
    ${finding.outcome === "pass" && !finding.detail && html`<p>It leads where it should.</p>`}
    ${finding.fix && html`<p class="fix"><strong>Fix</strong> ${finding.fix}</p>`}
    <${Evidence} lines=${finding.evidence} />
    <p class="hint">Looked at <${Time} at=${parseTime(finding.checked_at)} now=${now} />${finding.verified_at &&
      finding.outcome !== "pass" && html`; last right <${Time} at=${parseTime(finding.verified_at)} now=${now} />`}</p>
  </div>`;
}

export function SlotCard({ of: slot, position, within, now }) {
  const title = `slot-${slot.selector}`;
  const seen = html`<div><h4>What was seen</h4><${Seen} finding=${slot.finding} now=${now} /></div>`;
  const isWrong = ["fail", "unknown"].includes(outcomeOf(slot));
  return html`<article class=${`card slot ${outcomeOf(slot)}`} aria-labelledby=${title}>
    <h3 id=${title}>${slot.selector} <span class="quiet">${slotName(position)}</span> <${Verdict} of=${slot} /></h3>
    ${isWrong && seen}
    ${isWrong && html`<h4>What it is to be</h4>`}
    <${Forms} slot=${slot} within=${within} />
    ${!isWrong && seen}
    <details><summary>The record behind it</summary>
      <p class="hint">TXT at <code>${slot.record_name}</code>, which you serve. The customer has nothing to do with it.</p>
      <${Copyable} what=${`${slot.selector}: TXT`} value=${slot.txt} /></details>
  </article>`;
}
