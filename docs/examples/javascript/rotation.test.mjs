// A customer gets it wrong, is told so, and mends it; then thirty days pass. Node's own modules are all it takes.
//
//     PATH=build/release:$PATH node --test rotation.test.mjs

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

// A custdkim of our own, with an internet and a clock that are made up.
class Lab {
  async start() {
    this.state = mkdtempSync(join(tmpdir(), "lab-"));
    this.process = spawn("custdkim-lab", ["up", "--state", this.state, "--dns", "0", "--http", "0"],
                         { stdio: ["ignore", "pipe", "inherit"] });
    this.ended = new Promise((resolve) => this.process.on("error", resolve).on("exit", resolve));
    // It says that it is up when everything answers.
    const isUp = await Promise.race([once(this.process.stdout, "data").then(() => true), this.ended.then(() => false)]);
    if (!isUp) throw new Error("custdkim-lab does not start; why is on standard error");
    this.at = JSON.parse(readFileSync(join(this.state, "endpoints.json"), "utf8"));
    this.token = readFileSync(this.at.token_file, "utf8").trim();
  }

  // [status, document]; service is "api" for custdkim or "lab" for the world around it.
  async call(service, method, path, body) {
    const response = await fetch(this.at[service] + path, {
      method,
      headers: { Authorization: `Bearer ${this.token}` },
      body: body && JSON.stringify(body),
    });
    return [response.status, await response.json()];
  }

  async stop() {
    this.process.kill();
    await this.ended;
    rmSync(this.state, { recursive: true });
  }
}

test("a proxied CNAME is found and mended, and the key rotates", async (t) => {
  const lab = new Lab();
  t.after(() => lab.stop());
  await lab.start();
  const must = async (...call) => {
    const [status, document] = await lab.call(...call);
    assert.ok(status < 300, JSON.stringify(document));
    return document;
  };

  await must("api", "POST", "/v1/keys", { domain: "acme.example", type: "ed25519" });
  await must("lab", "PUT", "/v1/customers/acme.example", { misconfiguration: "cname-proxied" });

  const [status, refusal] = await lab.call("api", "POST", "/v1/keys/acme.example/activate");
  assert.equal(status, 409);
  assert.equal(refusal.findings[0].cause, "cname-proxied");

  await must("lab", "POST", "/v1/customers/acme.example/fix");
  let key = await must("api", "POST", "/v1/keys/acme.example/activate");
  assert.deepEqual([key.status, key.signing_selector], ["active", "s1"]);

  await must("lab", "POST", "/v1/clock/advance", { by: "30d" });
  key = await must("api", "GET", "/v1/keys/acme.example");
  assert.deepEqual([key.status, key.signing_selector], ["active", "s2"]);
});
