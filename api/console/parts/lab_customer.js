// What the lab has this customer's DNS do, on the key's page: to see the gate open without leaving it.
import { html, useEffect, useState } from "../base/html.js";
import { fixCustomer, listCustomers } from "../base/lab.js";
import { linkTo } from "../base/route.js";

export function LabCustomer({ of: key, changed }) {
  const { domain } = key;
  const [customer, setCustomer] = useState(null);
  const read = async () => setCustomer((await listCustomers()).find((each) => each.domain === domain) ?? null);
  useEffect(() => void read().catch(() => {}), [key]); // somebody may have set it up meanwhile
  const fix = async () => {
    await fixCustomer(domain);
    await read();
    changed();
  };
  const isWrong = customer && customer.misconfiguration !== "healthy";
  return html`<p class="lab-customer hint"><strong>Lab</strong>${" "}
    ${customer ? html`the customer's DNS is <code>${customer.misconfiguration}</code>.` : "the customer has no DNS yet."}${" "}
    ${isWrong && html`<button type="button" class="small" onClick=${fix}>Fix it</button>`}${" "}
    <a href=${linkTo("lab", domain)}>${customer ? "Something else" : "Set it up"}</a></p>`;
}
