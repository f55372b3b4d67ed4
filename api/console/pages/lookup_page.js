// Look-up: what the service sees at a name, as dig prints it. CNAME and TXT are what DKIM needs.
import { html, useState } from "../base/html.js";
import { get, withQuery } from "../base/api.js";
import { Copyable, Field, PageTitle, Problem } from "../parts/basics.js";

const types = ["CNAME", "TXT"];

const Records = ({ of: records }) => html`<table class="keys fixed">
  <caption class="unseen">Records</caption>
  <thead><tr>${["Name", "TTL", "Type", "Data"].map((name) => html`<th scope="col" key=${name} class=${name}>${name}</th>`)}</tr></thead>
  <tbody>${records.map((record, at) => html`<tr key=${at}>
    <th scope="row"><code>${record.name}</code></th><td data-label="TTL">${record.ttl}</td>
    <td data-label="Type">${record.type}</td><td data-label="Data"><code>${record.data}</code></td></tr>`)}</tbody>
</table>`;

function Answer({ of: { name, type, rcode, answer, shortcoming, bogus, authentic, text } }) {
  return html`<section aria-labelledby="answer">
    <h2 id="answer">${type} of ${name}</h2>
    <p role="status">${rcode}${authentic && ", authenticated by DNSSEC"}${shortcoming && `: ${shortcoming}`}</p>
    ${bogus && html`<p class="notice bad">DNSSEC does not hold: ${bogus}</p>`}
    ${answer.length > 0 && html`<${Records} of=${answer} />
      <details><summary>As dig prints it</summary><${Copyable} what="the answer" value=${text} /></details>`}
  </section>`;
}

export function LookupPage() {
  const [name, setName] = useState("");
  const [type, setType] = useState("CNAME");
  const [state, setState] = useState({});
  const submit = async (event) => {
    event.preventDefault();
    setState({ busy: true });
    try {
      setState({ answer: await get(withQuery("/v1/lookups", { type, name: name.trim() })) });
    } catch (refusal) {
      setState({ problem: refusal.problem });
    }
  };
  return html`<${PageTitle}>Look-up<//>
    <p class="lead">What this service sees in the DNS at this moment.</p>
    <form class="card narrow" onSubmit=${submit} novalidate>
      <${Field} label="Name" control=${(ids) => html`<input ...${ids} value=${name} autocomplete="off" autocapitalize="none"
        spellcheck=${false} placeholder="s1._domainkey.acme.example" onInput=${(event) => setName(event.target.value)} />`} />
      <fieldset><legend>Type</legend>${types.map((each) => html`<label class="check" key=${each}><input type="radio" name="type"
        value=${each} checked=${type === each} onChange=${() => setType(each)} /> ${each}</label>`)}</fieldset>
      <div class="buttons"><button class="primary" disabled=${state.busy || !name.trim()}>${state.busy ? "Looking …" : "Look up"}</button></div>
    </form>
    <${Problem} problem=${state.problem} />
    ${state.answer && html`<${Answer} of=${state.answer} />`}`;
}
