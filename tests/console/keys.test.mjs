// Many keys, and keys that change while somebody looks: what needs somebody is all there, a domain is found among all, and
// an order is for the key that was seen.
import assert from "node:assert/strict";
import test from "node:test";
import { ThreeSlots, visiting } from "./lab.mjs";

const numbered = (count, name) => Array.from({ length: count }, (_, at) => `${name}${String(at).padStart(2, "0")}.example`);
const domainsIn = (table) => table.locator("tbody th").allTextContents();
const badge = (visit, word) => visit.page.locator("h1 .badge", { hasText: new RegExp(`\\b${word}$`) }).waitFor();

async function activeKey(lab, domain) {
  await lab.createKey(domain);
  await lab.setCustomer(domain, "healthy");
  return lab.call("POST", `/v1/keys/${domain}/activate`);
}

test("all that are held or fail are shown, wherever they are, and any key is found", visiting({ expected: [404, 422] },
  async (visit, lab) => {
    const { page } = visit;
    for (const domain of numbered(52, "quiet")) await lab.createKey(domain);
    const held = numbered(53, "held");
    for (const domain of [...held, "fails.example"]) await activeKey(lab, domain);
    await lab.createKey("müller.example");
    const last = await lab.createKey("zz-last.example");
    // Those of the one are broken long enough before signing should move, those of the other just in between.
    await lab.call("POST", "/lab/v1/clock/advance", { by: "29d" });
    for (const domain of held) await lab.setCustomer(domain, "not-published");
    await lab.call("POST", "/lab/v1/clock/advance", { by: "40h" });
    await lab.setCustomer("fails.example", "not-published");
    for (let look = 0; look < 4; ++look) {
      await lab.call("POST", "/v1/keys/fails.example/verify");
      await lab.call("POST", "/lab/v1/clock/advance", { by: "20m" });
    }
    const needy = page.getByRole("table", { name: "Held or failing" });
    await visit.open("#/create");
    await visit.heading("Create a key").waitFor();
    await visit.open("#/keys");
    await needy.waitFor();
    const first = await domainsIn(needy);
    assert.equal(first.length, 51);
    assert.equal(first.at(-1), "fails.example");
    await visit.checkAccessibility("many keys");
    await visit.button("Show more that are held").click();
    await visit.until(() => document.querySelectorAll("table")[0].querySelectorAll("tbody tr").length === 54);
    assert.deepEqual((await domainsIn(needy)).sort(), ["fails.example", ...held]); // keys of one second are in no order
    assert.equal(await visit.button("Show more that are held").count(), 0);

    const find = page.getByLabel("Quick find");
    const found = page.getByRole("table", { name: "Keys" });
    const shows = async (typed, domains) => {
      await find.fill(typed);
      await visit.until((wanted) => [...document.querySelectorAll("tbody th")].map((cell) => cell.textContent).join() === wanted,
        domains.join());
    };
    await shows("zz-l", ["zz-last.example"]); // behind 50 others
    await shows("müller.ex", ["xn--mller-kva.example"]);
    await shows("MÜ", ["xn--mller-kva.example"]);
    await shows("zz-last.example.", ["zz-last.example"]);
    await shows(last.id, ["zz-last.example"]);
    await shows("iet51", ["quiet51.example"].slice(1)); // inside, but not loaded
    await visit.see("No key's domain begins with “iet51”.");
    await shows("iet07", ["quiet07.example"]);
    await shows("held", held.slice(0, 50));
    await visit.button("Show more", { exact: true }).click();
    await shows("held", held);
    await shows("a b", []);
    await visit.see(/no domain begins with 'a b'/);
    await find.fill("");
    await visit.see("All others");
    assert.equal(await found.count(), 0);
  }));

// So high that the clock at the window's foot covers no button.
const high = { viewport: { width: 1280, height: 2000 } };

test("the host field is told for the zone that the customer most likely has", visiting(high, async (visit, lab) => {
  const { page } = visit;
  const forms = async () => (await page.locator(".slot").first().locator(".forms > div").allTextContents()).slice(0, 2);
  await lab.createKey("mail.acme.example");
  await lab.createKey("acme.example");
  await visit.open("#/keys/mail.acme.example");
  await visit.see("Host, in the zone acme.example");
  assert.deepEqual((await forms()).map((form) => form.replace(/Copy$/, "")), [
    "Host, in the zone acme.examples1._domainkey.mail", "Host, if mail.acme.example is a zone of its owns1._domainkey"]);
  await visit.checkAccessibility("a key of a subdomain");
  await visit.screenshot("key-subdomain");
  await visit.open("#/keys/acme.example");
  await visit.heading(/^acme\.example/).waitFor();
  assert.equal((await forms())[0].replace(/Copy$/, ""), "Hosts1._domainkey");
}));

test("an order for a key that changed meanwhile is not carried out", visiting({ expected: [412] }, async (visit, lab) => {
  const { page } = visit;
  const key = () => lab.call("GET", "/v1/keys/acme.example");
  await activeKey(lab, "acme.example");
  await visit.open("#/keys/acme.example");
  await badge(visit, "active");
  const dialog = page.getByRole("dialog");
  await visit.button("Deactivate …").click();
  await dialog.getByText(/no mail is signed/).waitFor();
  await lab.call("POST", "/v1/keys/acme.example/rotate");
  await visit.see("rotate"); // the page behind has heard of it
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("alert").getByText("The key has changed meanwhile.").waitFor();
  assert.equal((await key()).status, "active");
  await visit.checkAccessibility("a key that changed meanwhile");
  await visit.button("Deactivate …").click();
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await badge(visit, "inactive");
  assert.equal(await page.getByRole("alert").count(), 0);

  // Looks that find the same are no reason to refuse.
  await visit.button("Delete …").click();
  await dialog.getByLabel(/Type/).fill("acme.example");
  await lab.call("POST", "/lab/v1/clock/advance", { by: "1m" });
  await lab.call("POST", "/v1/keys/acme.example/verify");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await badge(visit, "deleted");
}));

test("somebody else moves the clock, and nothing was looked at in the future", visiting({}, async (visit, lab) => {
  const { page } = visit;
  await lab.createKey("acme.example");
  // The bar reads no more than what it has read.
  const body = JSON.stringify(await lab.call("GET", "/lab/v1/clock"));
  await page.route("**/lab/v1/clock", (route) => route.fulfill({ contentType: "application/json", body }));
  await visit.open("#/keys/acme.example");
  await visit.see(/is wrong/);
  await lab.call("POST", "/lab/v1/clock/advance", { by: "44h" });
  await lab.setCustomer("acme.example", "cname-proxied");
  await lab.call("POST", "/v1/keys/acme.example/verify");
  await visit.see(/is wrong: cname-proxied/);
  await visit.until(() => [...document.querySelectorAll(".slot .hint")].some(({ textContent }) => /just now|ago/.test(textContent)));
  const { now } = await lab.call("GET", "/lab/v1/clock");
  assert.equal(await page.locator("footer.clock time").getAttribute("datetime"), new Date(now).toISOString());
  assert.equal(await page.getByText(/Looked at in/).count(), 0);
}));

test("a key with three slots has three CNAMEs", visiting({ at: ThreeSlots, signedIn: false }, async (visit, service) => {
  await visit.heading("DKIM Keys").waitFor();
  await service.createKey("acme.example");
  await visit.open("#/keys/acme.example");
  await visit.see("Three CNAMEs, once.");
  assert.equal(await visit.page.locator(".slot").count(), 3);
  await visit.see("third");
  assert.equal(await visit.page.getByText(/\b(two|both)\b/i).count(), 0);
}));
