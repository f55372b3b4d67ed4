// From a key that is created to one that rotated, as an operator sees it; with a mouse, and without one.
import assert from "node:assert/strict";
import test from "node:test";
import { visiting } from "./lab.mjs";

const picture = (visit) => visit.page.locator(".picture svg");
const today = (visit) => visit.page.locator(".picture .today text").textContent();

// What the picture says, from left to right.
const bars = (visit) => visit.page.locator(".picture .bar title").allTextContents();

test("a key is created, refused, mended, activated, and rotates", visiting({}, async (visit, lab) => {
  const { page } = visit;
  await visit.heading("DKIM Keys").waitFor();
  assert.equal(await page.evaluate(() => location.href.includes("token")), false);
  await visit.screenshot("keys-empty");

  await page.getByRole("link", { name: "Create the first one" }).click();
  await page.getByLabel("Domain", { exact: true }).fill("acme.example");
  await visit.screenshot("create");
  await visit.button("Create", { exact: true }).click();

  await visit.heading(/acme\.example/).waitFor();
  const activate = visit.button("Activate");
  assert.equal(await activate.isDisabled(), true);
  await visit.see("s1._domainkey.acme.example is wrong");
  await visit.screenshot("key-nothing-there");

  await lab.setCustomer("acme.example", "cname-proxied");
  await visit.button("Look now").click();
  await visit.see("s1._domainkey.acme.example is wrong: cname-proxied");
  await page.getByText("Evidence: what was asked").first().click();
  await visit.see(/Switch the proxy off/);
  assert.equal(await activate.isDisabled(), true);
  await visit.screenshot("key-proxied");

  // Somebody else mends it; nobody touches this page.
  await page.evaluate(() => (globalThis.neverReloaded = true));
  await lab.call("POST", "/lab/v1/customers/acme.example/fix");
  await visit.until(() => !document.querySelector("button.activate").disabled);
  assert.equal(await page.evaluate(() => globalThis.neverReloaded), true);
  await visit.see("Both CNAMEs are right.");
  await visit.screenshot("key-ready");

  await activate.click();
  await page.locator("h1 .badge", { hasText: /\bactive$/ }).waitFor();
  assert.equal((await lab.call("GET", "/v1/keys/acme.example")).status, "active");
  await picture(visit).waitFor();
  await visit.screenshot("key-day-0");

  const [dayZero, atFirst] = [await today(visit), await bars(visit)];
  await lab.call("POST", "/lab/v1/clock/advance", { by: "25d" });
  await visit.until((old) => document.querySelector(".picture .today text").textContent !== old, dayZero);
  await visit.see("s2, pair 3: its turn has come"); // heard of, not asked for
  await visit.until((old) => [...document.querySelectorAll(".picture .bar title")].map((bar) => bar.textContent).join() !== old,
    atFirst.join());
  await visit.screenshot("key-day-25");
  assert.notDeepEqual(await bars(visit), atFirst);

  await visit.button("To the next event").click();
  await visit.until(() => document.querySelector(".facts").textContent.includes("Signs withs2"));
  await visit.button("+1 day").click(); // so that a day of it is behind
  await visit.until(() => [...document.querySelectorAll(".picture .bar:not(.planned) title")]
    .some(({ textContent }) => textContent.startsWith("pair 1 retired")));
  await visit.screenshot("key-day-30");
  assert.equal((await lab.call("GET", "/v1/keys/acme.example")).signing_selector, "s2");

  await visit.button("+30 days").click();
  await visit.until(() => document.querySelector(".facts").textContent.includes("Signs withs1"));
  // Not for longer than it takes to be held: a key that fails is looked at every quarter of an hour.
  await lab.call("POST", "/lab/v1/clock/advance", { by: "28d" });
  await lab.setCustomer("acme.example", "not-published");
  await lab.call("POST", "/lab/v1/clock/advance", { by: "2d" });
  await visit.see(/^Held/);
  await visit.screenshot("key-held");
  await page.getByRole("link", { name: "DKIM Keys" }).click();
  await visit.see("Held or failing");
}));

test("the same without a mouse", visiting({}, async (visit, lab) => {
  const { page } = visit;
  const { keyboard } = page;
  // Tab until what has the focus is called so.
  const reach = async (name) => {
    for (let tries = 0; tries < 80; ++tries) {
      await keyboard.press("Tab");
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
      });
      if (focused?.trim() === name) return;
    }
    assert.fail(`'${name}' is not reached with the tabulator`);
  };
  await reach("Create the first one");
  await keyboard.press("Enter");
  await visit.heading("Create a key").waitFor();
  await reach("Domain");
  await keyboard.type("acme.example");
  await keyboard.press("Enter");
  await visit.heading(/acme\.example/).waitFor();
  await lab.setCustomer("acme.example", "healthy");
  await reach("Look now");
  await keyboard.press("Enter");
  await visit.until(() => !document.querySelector("button.activate").disabled);
  await page.locator("h1").focus();
  await reach("Activate");
  await keyboard.press("Space");
  await page.locator("h1 .badge", { hasText: /\bactive$/ }).waitFor();

  await page.locator("h1").focus();
  await reach("Rotate …");
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Signing moves to s2/).waitFor();
  await keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Rotate …");
  await reach("Delete …");
  await keyboard.press("Enter");
  await reach("Type acme.example to go on");
  await keyboard.type("acme.example");
  await keyboard.press("Enter");
  await page.locator("h1 .badge", { hasText: "deleted" }).waitFor();
}));
