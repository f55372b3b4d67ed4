// A lab of one's own, and a browser that looks at its console: what every test here stands on. Nothing waits for time to
// pass, only for what is to be seen.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const build = process.env.CONSOLE_BUILD;
const require = createRequire(join(build, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const patience = 90000; // milliseconds: sanitizers, and a machine shared with others
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export class Lab {
  static async start() {
    const lab = new Lab();
    lab.state = mkdtempSync(join(tmpdir(), "custdkim-console-"));
    lab.process = spawn(process.env.CUSTDKIM_LAB, ["up", "--state", lab.state, "--dns", "0", "--http", "0"],
      { stdio: ["ignore", "pipe", "inherit"] });
    const lines = createInterface({ input: lab.process.stdout })[Symbol.asyncIterator]();
    assert.ok(!(await lines.next()).done, "custdkim-lab does not start");
    lab.at = JSON.parse(readFileSync(join(lab.state, "endpoints.json"), "utf8"));
    lab.token = readFileSync(lab.at.token_file, "utf8").trim();
    lab.introduction = "";
    (async () => {
      for await (const line of lines) lab.introduction += `${line}\n`;
    })();
    return lab;
  }

  async call(method, path, body) {
    const response = await fetch(this.at.api + path, { method, body: body && JSON.stringify(body),
      headers: this.token ? { Authorization: `Bearer ${this.token}` } : {} });
    const document = await response.json();
    assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(document)}`);
    return document;
  }

  createKey(domain, more = {}) {
    return this.call("POST", "/v1/keys", { domain, type: "ed25519", ...more });
  }
  setCustomer(domain, misconfiguration, more = {}) {
    return this.call("PUT", `/lab/v1/customers/${domain}`, { misconfiguration, ...more });
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.state, { recursive: true, force: true });
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

// custdkim as on somebody's own machine: no lab, and no token.
export class Tokenless extends Lab {
  static more = "";
  static async start() {
    const service = new this();
    service.state = mkdtempSync(join(tmpdir(), "custdkim-console-"));
    const port = await freePort();
    service.at = { api: `http://127.0.0.1:${port}` };
    writeFileSync(join(service.state, "master.key"), `${Buffer.alloc(32, 15).toString("base64")}\n`, { mode: 0o600 });
    writeFileSync(join(service.state, "custdkim.toml"), `
[[zone]]
name = "custdkim.example.net"
nameservers = ["ns1.example.net"]
hostmaster = "hostmaster.example.net"
[backend]
unix = "pdns.sock"
[api]
listen = "127.0.0.1:${port}"
token_file = ""
[store]
url = "sqlite:custdkim.db"
[keys]
master_key_file = "master.key"
pool = 0
${this.more}`);
    service.process = spawn(join(dirname(process.env.CUSTDKIM_LAB), "custdkim"),
      ["serve", "--config", join(service.state, "custdkim.toml")], { stdio: ["ignore", "ignore", "pipe"] });
    const lines = createInterface({ input: service.process.stderr })[Symbol.asyncIterator]();
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(!done, "custdkim does not start");
      if (/serving/.test(value)) return service;
    }
  }
}

export class ThreeSlots extends Tokenless {
  static more = "[rotation]\nslots = 3\ninterval = \"60d\"\n";
}

// A page of the console that remembers all that a browser complains about. `expected` are the statuses of responses that
// the test provokes: a browser logs those as errors, too.
export class Visit {
  static async begin(lab, { expected = [], signedIn = true, ...look } = {}) {
    const visit = new Visit();
    Object.assign(visit, { lab, expected, complaints: [] });
    visit.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
    try {
      await visit.enter(look, signedIn ? `/console/#token=${lab.token}` : "/");
    } catch (failure) {
      await visit.browser.close();
      throw failure;
    }
    return visit;
  }

  async enter(look, path) {
    this.context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...look });
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(patience);
    this.listen();
    await this.page.goto(this.lab.at.api + path);
    await this.page.locator("h1").waitFor();
  }

  listen() {
    const { page, complaints } = this;
    page.on("pageerror", (error) => complaints.push(`JavaScript: ${error.stack ?? error}`));
    page.on("console", (message) => {
      const refused = /^Failed to load resource: .* status of (\d+)/.exec(message.text());
      if (refused && this.expected.includes(Number(refused[1]))) return;
      if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("requestfailed", (request) => {
      if (!/ERR_ABORTED/.test(request.failure().errorText)) complaints.push(`no answer: ${request.url()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(this.lab.at.api) && !request.url().startsWith("data:"))
        complaints.push(`asked elsewhere: ${request.url()}`);
      if (this.lab.token && request.url().includes(this.lab.token)) complaints.push("the token is in an address that is sent");
    });
  }

  async open(fragment) {
    await this.page.evaluate((hash) => (location.hash = hash), fragment);
  }
  heading(name) {
    return this.page.getByRole("heading", { level: 1, name });
  }
  button(name, options = {}) {
    return this.page.getByRole("button", { name, ...options });
  }
  see(text) {
    return this.page.getByText(text).first().waitFor();
  }
  async until(condition, argument) {
    await this.page.waitForFunction(condition, argument, { timeout: patience });
  }

  // What one sees of the page, and all of it in a window as high as it is: what sticks to the window's foot is at the
  // page's then.
  async screenshot(name) {
    const window = this.page.viewportSize();
    await this.page.screenshot({ path: join(build, "screenshots", `${name}-top.png`) });
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ width: window.width, height: Math.max(window.height, height) });
    await this.page.screenshot({ path: join(build, "screenshots", `${name}.png`) });
    await this.page.setViewportSize(window);
  }

  // WCAG 2.2 A and AA, as far as a program can tell: contrast, names, labels, order.
  async checkAccessibility(where) {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const told = violations.map((each) => `${each.id}: ${each.help}\n  ${each.nodes.map((node) => node.html).join("\n  ")}`);
    assert.deepEqual(told, [], `${where}\n${told.join("\n")}`);
  }

  async checkFits(where) {
    const beyond = await this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > width + 1)
        .map((each) => `${each.tagName}.${each.className}`);
    });
    assert.deepEqual(beyond, [], `${where} is wider than the screen`);
  }
}

// A test with a lab (or what else `at` starts) and a visit, which end with it.
export const visiting = ({ at = Lab, ...how }, body) => async () => {
  const lab = await at.start();
  let visit;
  try {
    visit = await Visit.begin(lab, how);
    await body(visit, lab);
    assert.deepEqual(visit.complaints, [], "the browser complained");
  } catch (failure) {
    if (visit) await visit.screenshot(`failed-${Date.now()}`).catch(() => {});
    if (visit?.complaints.length) console.error(visit.complaints.join("\n"));
    throw failure;
  } finally {
    await visit?.browser.close();
    await lab.stop();
  }
};
