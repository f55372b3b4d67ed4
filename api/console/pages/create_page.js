// Create: every field with what it means, and what is refused at the field that it is refused for.
import { html, useEffect, useRef, useState } from "../base/html.js";
import { ask, get } from "../base/api.js";
import { go } from "../base/route.js";
import { Field, PageTitle, Problem } from "../parts/basics.js";

const matches = [
  ["domain", "the domain itself", "ann@acme.example"],
  ["subdomains", "its subdomains", "ann@news.acme.example"],
  ["domain-and-subdomains", "both", "either"],
];
const types = [
  ["rsa-2048", "RSA, 2048 bits: what every verifier knows"],
  ["ed25519", "Ed25519: short, but not every verifier knows it yet (RFC 8463)"],
  ["rsa-4096", "RSA, 4096 bits: long records, which some resolvers trip over"],
  ["rsa-1024", "RSA, 1024 bits: too short by now (RFC 8301), for old systems only"],
];

const nothing = { domain: "", match: "domain", type: "rsa-2048", selector: "", alternate_selector: "",
  third_selector: "", zone: "", org: "" };
const shownFields = Object.keys(nothing);

// Drawn once for each form: a request that is sent again after a broken connection makes no second key.
const drawIdempotencyKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, "0")).join("");

function Choice({ label, hint, refusal, value, change, options }) {
  return html`<${Field} label=${label} hint=${hint} refusal=${refusal} control=${(ids) =>
    html`<select ...${ids} value=${value} onChange=${(event) => change(event.target.value)}>
      ${options.map(([name, text]) => html`<option key=${name} value=${name} selected=${name === value}>${text}</option>`)}
    </select>`} />`;
}

function useKeyZones() {
  const [zones, setZones] = useState([]);
  useEffect(() => {
    get("/v1/zones").then(
      (answer) => setZones(answer.zones.filter((zone) => zone.kind === "key").map((zone) => zone.name)),
      () => {}, // the default will do
    );
  }, []);
  return zones;
}

export function CreatePage() {
  const [form, setForm] = useState(nothing);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const zones = useKeyZones();
  const attempt = useRef(drawIdempotencyKey());
  const set = (name) => (value) => {
    setForm((old) => ({ ...old, [name]: value }));
    attempt.current = drawIdempotencyKey();
    if (problem?.field === name) setProblem(null);
  };
  const refusalOf = (name) => (problem?.field === name ? problem.detail : "");
  const text = (name, more) => (ids) => html`<input ...${ids} ...${more} autocomplete="off" autocapitalize="none"
    spellcheck=${false} value=${form[name]} onInput=${(event) => set(name)(event.target.value)} />`;

  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    const body = Object.fromEntries(Object.entries(form).map(([name, value]) => [name, value.trim()])
      .filter(([name, value]) => value || name === "domain"));
    try {
      const key = await ask("POST", "/v1/keys", body, { headers: { "Idempotency-Key": attempt.current } });
      go("keys", key.id);
    } catch (refusal) {
      setProblem(refusal.problem);
      setBusy(false);
    }
  };
  const moreIsRefused = ["selector", "alternate_selector", "third_selector", "zone", "org"].includes(problem?.field);

  return html`<${PageTitle}>Create a key<//>
    <p class="lead">Its records are published at once. The key page then shows the CNAMEs that the customer sets, once and
      for all; it signs when all are seen to be right and you activate it.</p>
    <form class="card narrow" onSubmit=${submit} novalidate>
      <${Field} label="Domain" refusal=${refusalOf("domain")}
        hint="What stands behind the @ of the customer's From addresses. Their own domain, not one under which others register."
        control=${text("domain", { required: true, placeholder: "acme.example", inputmode: "url" })} />
      <${Choice} label="Sign mail from" refusal=${refusalOf("match")} value=${form.match} change=${set("match")}
        options=${matches.map(([name, words, example]) => [name, `${words} – ${example}`])}
        hint="The key with the longest matching domain signs. A subdomain can have a key of its own as well." />
      <${Choice} label="Type" refusal=${refusalOf("type")} value=${form.type} change=${set("type")} options=${types}
        hint="Of all pairs that this key will ever have." />
      <details open=${moreIsRefused || undefined}>
        <summary>Selectors, zone and organisation</summary>
        <${Field} label="Selector" refusal=${refusalOf("selector")}
          hint="The first label of the primary CNAME, as in s1._domainkey. Leave all selectors empty for the first of s1, s2, … that the domain does not use."
          control=${text("selector", { placeholder: "s1" })} />
        <${Field} label="Alternate selector" refusal=${refusalOf("alternate_selector")}
          hint="Of the second CNAME. Rotation moves signing from one to the next."
          control=${text("alternate_selector", { placeholder: "s2" })} />
        <${Field} label="Third selector" refusal=${refusalOf("third_selector")}
          hint="A third slot lets a compromised key rotate at once without losing mail that is under way. Most keys have none."
          control=${text("third_selector", {})} />
        ${zones.length > 1
          ? html`<${Choice} label="Key zone" refusal=${refusalOf("zone")} value=${form.zone} change=${set("zone")}
              options=${[["", `${zones[0]} (the usual one)`], ...zones.map((zone) => [zone, zone])]}
              hint="The zone of yours that the CNAMEs lead to." />`
          : html`<${Field} label="Key zone" refusal=${refusalOf("zone")} hint="The zone of yours that the CNAMEs lead to."
              control=${text("zone", { placeholder: zones[0] ?? "" })} />`}
        <${Field} label="Organisation" refusal=${refusalOf("org")}
          hint="Whose key it is: letters, digits, '-', '_' and '.'." control=${text("org", { placeholder: "default" })} />
      </details>
      ${!shownFields.includes(problem?.field) && html`<${Problem} problem=${problem} />`}
      <div class="buttons"><button class="primary" disabled=${busy}>${busy ? "Creating …" : "Create"}</button></div>
    </form>`;
}
