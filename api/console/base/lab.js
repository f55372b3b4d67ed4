// Asks the lab's control API, which `custdkim-lab up` puts beside the API.
import { ask, get, send } from "./api.js";
import { setClock } from "./clock.js";

const customerPath = (domain, rest = "") => `/lab/v1/customers/${encodeURIComponent(domain)}${rest}`;

export const listCustomers = async () => (await get("/lab/v1/customers")).customers;
export const listMisconfigurations = async () => (await get("/lab/v1/misconfigurations")).misconfigurations;
export const setCustomer = (domain, wanted) => ask("PUT", customerPath(domain), wanted);
export const fixCustomer = (domain) => ask("POST", customerPath(domain, "/fix"));
export const removeCustomer = (domain) => send(customerPath(domain), { method: "DELETE" });

export async function readClock() {
  const reading = await get("/lab/v1/clock");
  setClock(reading);
  return reading;
}

export async function advanceClock(milliseconds) {
  const reading = await ask("POST", "/lab/v1/clock/advance", { by: `${Math.ceil(milliseconds / 1000)}s` });
  setClock(reading);
  return reading;
}
