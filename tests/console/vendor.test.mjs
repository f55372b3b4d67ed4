// The libraries are those that their README names, octet for octet.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

const folder = new URL("../../api/console/vendor/", import.meta.url);

test("each library has the checksum that the README says", () => {
  const readme = readFileSync(new URL("README.md", folder), "utf8");
  const rows = [...readme.matchAll(/^\| `([^`]+\.js)` \|.*\| `([0-9a-f]{64})` \|$/gm)].map(([, name, sum]) => [name, sum]);
  const there = readdirSync(folder).filter((name) => name.endsWith(".js")).sort();
  assert.deepEqual(rows.map(([name]) => name).sort(), there);
  for (const [name, sum] of rows) {
    assert.equal(createHash("sha256").update(readFileSync(new URL(name, folder))).digest("hex"), sum, name);
  }
});
