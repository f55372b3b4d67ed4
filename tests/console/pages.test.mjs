// Every page, wide and narrow, light and dark: nothing sticks out, nothing is unreadable; and what is refused is told where
// it belongs.
import assert from "node:assert/strict";
import test from "node:test";
import { Tokenless, visiting } from "./lab.mjs";

const looks = {
  wide: {},
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  "phone-dark": { viewport: { width: 375, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, colorScheme: "dark" },
};

// A world with a bit of everything.
async function furnish(lab) {
  const orders = (domain) => `/v1/keys/${domain}`;
  for (const domain of ["acme.example", "globex.example", "a-rather-long-name-for-a-domain.subsidiary.initech.example",
    "umbrella.example"]) {
    await lab.createKey(domain, { type: domain === "acme.example" ? "rsa-2048" : "ed25519" });
    await lab.setCustomer(domain, "healthy");
  }
  for (const domain of ["acme.example", "globex.example"]) await lab.call("POST", `${orders(domain)}/activate`);
  await lab.setCustomer("globex.example", "not-published");
  await lab.call("POST", "/lab/v1/clock/advance", { by: "33d" });
  await lab.setCustomer("umbrella.example", "cname-proxied");
  await lab.call("POST", `${orders("umbrella.example")}/verify`);
}

for (const [name, look] of Object.entries(looks)) {
  test(`pages fit and are readable: ${name}`, visiting(look, async (visit, lab) => {
    const { page } = visit;
    const check = async (where) => {
      await visit.checkFits(where);
      await visit.checkAccessibility(where);
      await visit.screenshot(`${name}-${where}`);
    };
    await furnish(lab);
    await visit.see("Held or failing");
    await check("keys");
    await visit.open("#/create");
    await page.getByText("Selectors, zone and organisation").click();
    await check("create");
    await visit.open("#/keys/acme.example");
    await page.locator(".picture svg").waitFor();
    await check("key");
    await visit.button("Revoke …").click();
    await page.getByRole("dialog").getByText(/goes on verifying|will not verify|under way is signed/).first().waitFor();
    await check("revoke");
    await page.keyboard.press("Escape");
    await visit.open("#/keys/umbrella.example");
    await visit.see(/is wrong: cname-proxied/);
    await page.getByText("Evidence: what was asked").first().click();
    await check("key-failing");
    await visit.open("#/lookup");
    await page.getByLabel("Name", { exact: true }).fill("s1._domainkey.acme.example");
    await page.getByLabel("TXT").check();
    await visit.button("Look up").click();
    await visit.see(/v=DKIM1/);
    await check("lookup");
    await visit.open("#/lab/umbrella.example");
    await visit.see("Customers");
    await check("lab");
  }));
}

test("what the API refuses stands at the field that it refuses", visiting({ expected: [422, 409] }, async (visit) => {
  const { page } = visit;
  await visit.open("#/create");
  const refusals = [
    ["Domain", "co.uk", /public suffix/],
    ["Domain", "ann@acme.example", /is an address, not a domain/],
  ];
  for (const [label, typed, told] of refusals) {
    const field = page.locator(".field", { has: page.getByLabel(label, { exact: true }) });
    await page.getByLabel(label, { exact: true }).fill(typed);
    await visit.button("Create", { exact: true }).click();
    await field.getByRole("alert").getByText(told).waitFor();
    assert.equal(await page.getByLabel(label, { exact: true }).getAttribute("aria-invalid"), "true");
  }
  await page.getByLabel("Domain", { exact: true }).fill("acme.example");
  await page.getByText("Selectors, zone and organisation").click();
  await page.getByLabel("Selector", { exact: true }).fill("a.b");
  await page.getByLabel("Alternate selector").fill("s2");
  await visit.button("Create", { exact: true }).click();
  await page.locator(".field", { has: page.getByLabel("Selector", { exact: true }) }).getByText(/has a dot/).waitFor();
  await visit.screenshot("create-refused");
}));

test("without the right token nothing is shown", visiting({ signedIn: false, expected: [401] }, async (visit, lab) => {
  const { page } = visit;
  await visit.heading("Who are you?").waitFor();
  await page.getByLabel("The API's token").fill("nonsense");
  await visit.button("Go on").click();
  await visit.see("This is not the token of this custdkim.");
  await visit.checkAccessibility("the question for the token");
  await page.getByLabel("The API's token").fill(lab.token);
  await visit.button("Go on").click();
  await visit.heading("DKIM Keys").waitFor();
  await visit.button("Forget the token").click();
  await visit.heading("Who are you?").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
}));

test("where no token is needed nobody is asked for one", visiting({ at: Tokenless, signedIn: false }, async (visit) => {
  await visit.heading("DKIM Keys").waitFor();
  await visit.see("There is no key yet.");
  assert.equal(await visit.button("Forget the token").count(), 0);
  assert.equal(await visit.page.getByRole("link", { name: "Lab" }).count(), 0);
}));

test("what a customer wrote into their DNS stays text", visiting({}, async (visit, lab) => {
  const { page } = visit;
  const evil = '<img src=x onerror=\\"globalThis.ran=1\\"><script>globalThis.ran=1</script>';
  await lab.createKey("evil.example");
  const zone = `s1._domainkey TXT "${evil}"\ns2._domainkey CNAME <b>bold</b>.evil.example.\n`;
  await lab.setCustomer("evil.example", "healthy", { zone });
  await lab.call("POST", "/v1/keys/evil.example/verify");
  await visit.open("#/keys/evil.example");
  await page.locator(".slot.fail").first().waitFor();
  for (const summary of await page.getByText("Evidence: what was asked").all()) await summary.click();
  const evidence = (await page.locator(".evidence").allTextContents()).join("\n");
  assert.match(evidence, /<img src=x onerror=/);
  assert.equal(await page.locator(".slot img, .slot script, .slot b").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  await visit.screenshot("hostile");
  await visit.open("#/lookup");
  await page.getByLabel("Name", { exact: true }).fill("s1._domainkey.evil.example");
  await page.getByLabel("TXT").check();
  await visit.button("Look up").click();
  await visit.see(/<img src=x/);
  assert.equal(await page.evaluate(() => globalThis.ran), undefined);
  // The browser would refuse it anyhow: the policy stands behind the escaping.
  assert.equal(await page.evaluate(() => {
    try {
      document.createElement("p").innerHTML = "<b>text</b>";
      return "allowed";
    } catch (failure) {
      return failure.name;
    }
  }), "TypeError");
  visit.complaints = visit.complaints.filter((complaint) => !/TrustedHTML/.test(complaint)); // just provoked
}));

test("an order says what becomes of mail, and does nothing before it is confirmed", visiting({}, async (visit, lab) => {
  const { page } = visit;
  await lab.createKey("acme.example");
  await lab.setCustomer("acme.example", "healthy");
  await lab.call("POST", "/v1/keys/acme.example/activate");
  await visit.open("#/keys/acme.example");
  const dialog = page.getByRole("dialog");
  const key = () => lab.call("GET", "/v1/keys/acme.example");

  await visit.button("Rotate …").click();
  await dialog.getByText(/goes on verifying/).waitFor();
  await dialog.getByLabel("The private key may be in wrong hands").check();
  await dialog.getByText(/will not\s+verify/).waitFor();
  await dialog.getByRole("button", { name: "No, leave it" }).click();
  assert.equal((await key()).rotation.requested_at, null);

  await visit.button("Deactivate …").click();
  await dialog.getByText(/no mail is signed/).waitFor();
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await page.locator("h1 .badge", { hasText: "inactive" }).waitFor();
  assert.equal((await key()).status, "inactive");

  await visit.button("Revoke …").click();
  assert.equal(await dialog.getByRole("button", { name: "Revoke for good" }).isDisabled(), true);
  await dialog.getByLabel(/Type/).fill("acme.example");
  await dialog.getByRole("button", { name: "Revoke for good" }).click();
  await page.locator("h1 .badge", { hasText: "revoked" }).waitFor();
  assert.notEqual((await key()).revoked_at, null);
}));

test("the page of a key is small", visiting({}, async (visit, lab) => {
  const { page, context } = visit;
  await lab.createKey("acme.example", { type: "rsa-2048" });
  await lab.setCustomer("acme.example", "healthy");
  await lab.call("POST", "/v1/keys/acme.example/activate");
  const sizes = [];
  const fresh = await context.newPage(); // of the same browser, but with nothing kept
  await fresh.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector(".orders button")) globalThis.interactiveAt ??= performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  const client = await context.newCDPSession(fresh);
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  client.on("Network.loadingFinished", ({ encodedDataLength }) => sizes.push(encodedDataLength));
  await page.close();
  const began = `${lab.at.api}/console/#token=${lab.token}`;
  await fresh.goto(began);
  await fresh.evaluate(() => (location.hash = "#/keys/acme.example"));
  sizes.length = 0;
  await fresh.reload();
  await fresh.locator(".picture svg").waitFor();
  await fresh.locator(".events li").first().waitFor();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const interactive = Math.round(await fresh.evaluate(() => globalThis.interactiveAt));
  console.log(`the page of a key: ${total} octets in ${sizes.length} responses, ${interactive} ms until it can be used`);
  assert.ok(sizes.length > 10, `only ${sizes.length} responses were counted`);
  assert.ok(total < 200_000, `${total} octets are too many`);
}));
