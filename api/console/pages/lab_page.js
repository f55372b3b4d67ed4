// The lab: customers made up, what is wrong with their DNS, and the way to mend it.
import { html, useEffect, useState } from "../base/html.js";
import { get } from "../base/api.js";
import { fixCustomer, listCustomers, listMisconfigurations, removeCustomer, setCustomer } from "../base/lab.js";
import { linkTo, useRoute } from "../base/route.js";
import { Field, Loading, PageTitle, Problem } from "../parts/basics.js";

const groupNames = {
  missing: "Not there", "no-cname": "No CNAME", "text-instead": "Text in place of a CNAME", conflict: "Beside other records",
  "wrong-target": "Leads elsewhere", servers: "Name servers", dnssec: "DNSSEC", timing: "A matter of time",
  healthy: "All well",
};

function useLab() {
  const [state, setState] = useState({ customers: null, domains: [], problem: null });
  const reload = async () => {
    try {
      const [customers, { keys }] = await Promise.all([listCustomers(), get("/v1/keys?limit=1000")]);
      setState({ customers, domains: [...new Set(keys.map((key) => key.domain))].sort(), problem: null });
    } catch (refusal) {
      setState((old) => ({ ...old, customers: old.customers ?? [], problem: refusal.problem }));
    }
  };
  useEffect(() => void reload(), []);
  const act = async (order) => {
    try {
      await order();
      await reload();
    } catch (refusal) {
      setState((old) => ({ ...old, problem: refusal.problem }));
    }
  };
  return { ...state, act };
}

function useMisconfigurations() {
  const [list, setList] = useState([]);
  useEffect(() => void listMisconfigurations().then(setList, () => {}), []);
  return list;
}

function Customers({ of: customers, titles, act }) {
  return html`<table class="keys fixed">
    <caption>Customers</caption>
    <thead><tr><th scope="col" class="Domain">Domain</th><th scope="col">Their DNS</th><th scope="col" class="Do">Do</th></tr></thead>
    <tbody>${customers.map(({ domain, misconfiguration, flavour }) => html`<tr key=${domain}>
      <th scope="row"><a href=${linkTo("keys", domain)}>${domain}</a></th>
      <td data-label="Their DNS"><span><code>${misconfiguration}</code>${flavour !== "default" && ` (${flavour})`}
        <span class="quiet"> ${titles.get(misconfiguration)}</span></span></td>
      <td data-label="Do"><span class="buttons">
        <button type="button" class="small" disabled=${misconfiguration === "healthy"}
          aria-label=${`Fix ${domain}`} onClick=${() => act(() => fixCustomer(domain))}>Fix</button>
        <button type="button" class="small" aria-label=${`Remove ${domain}`}
          onClick=${() => act(() => removeCustomer(domain))}>Remove</button></span></td>
    </tr>`)}</tbody>
  </table>`;
}

function Options({ list }) {
  const groups = [...new Set(list.map((each) => each.group))];
  return groups.map((group) => html`<optgroup key=${group} label=${groupNames[group] ?? group}>
    ${list.filter((each) => each.group === group).map((each) =>
      html`<option key=${each.id} value=${each.id}>${each.id} – ${each.title}</option>`)}</optgroup>`);
}

function Described({ of: chosen }) {
  if (!chosen) return null;
  return html`<div class="described" role="status">
    <p><strong>${chosen.title}.</strong> ${chosen.did}</p>
    ${chosen.harmless && html`<p>Odd, but harmless: a key passes with it.</p>`}
    ${chosen.note && html`<p class="quiet">${chosen.note}</p>`}
  </div>`;
}

function SetForm({ domains, list, act }) {
  const { argument } = useRoute();
  const [wanted, setWanted] = useState(argument);
  const domain = domains.includes(wanted) ? wanted : domains[0];
  const [id, setId] = useState("cname-proxied");
  const [flavour, setFlavour] = useState("");
  const chosen = list.find((each) => each.id === id);
  const submit = (event) => {
    event.preventDefault();
    act(() => setCustomer(domain, { misconfiguration: id, ...(flavour && { flavour }) }));
  };
  return html`<form class="card narrow" onSubmit=${submit}>
    <h2>Set up a customer's DNS</h2>
    <${Field} label="Domain" hint="Of those that have a key." control=${(ids) => html`<select ...${ids} value=${domain}
      onChange=${(event) => setWanted(event.target.value)}>
      ${domains.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select>`} />
    <${Field} label="What is wrong with it" control=${(ids) => html`<select ...${ids} value=${id}
      onChange=${(event) => (setId(event.target.value), setFlavour(""))}><${Options} list=${list} /></select>`} />
    <${Described} of=${chosen} />
    ${chosen?.flavours.length > 1 && html`<${Field} label="Flavour" hint="Providers get it wrong in several ways."
      control=${(ids) => html`<select ...${ids} value=${flavour} onChange=${(event) => setFlavour(event.target.value)}>
        ${chosen.flavours.map((each, at) => html`<option key=${each.id} value=${at ? each.id : ""}>${each.title ?? each.id}</option>`)}
      </select>`} />`}
    <div class="buttons"><button class="primary" disabled=${!chosen || !domain}>Set</button></div>
  </form>`;
}

export function LabPage() {
  const { customers, domains, problem, act } = useLab();
  const list = useMisconfigurations();
  const titles = new Map(list.map((each) => [each.id, each.title]));
  return html`<${PageTitle}>Lab<//>
    <p class="lead">Customers that are made up, on an internet that is made up. Break their DNS in a way that has a name, see what
      is found, mend it, and move the clock at the foot of the page.</p>
    <${Problem} problem=${problem} />
    ${customers === null && html`<${Loading} what="customers" />`}
    ${customers?.length === 0 && html`<p class="card empty">No customer has DNS yet. ${domains.length === 0 &&
      html`<a href=${linkTo("create")}>Create a key first</a>.`}</p>`}
    ${customers?.length > 0 && html`<${Customers} of=${customers} titles=${titles} act=${act} />`}
    ${domains.length > 0 && html`<${SetForm} domains=${domains} list=${list} act=${act} />`}`;
}
