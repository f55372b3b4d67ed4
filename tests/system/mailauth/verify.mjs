// node verify.mjs DNS-PORT < files: verifies each file that is named on standard input, and prints what came out, a word a
// line: pass, temperror, or another word of RFC 8601. Names are looked up once.

import { promises as dns } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The library is in the build directory, from where this is run.
const { dkimVerify } = createRequire(join(process.cwd(), 'package.json'))('mailauth/lib/dkim/verify');

const server = new dns.Resolver();
server.setServers([`127.0.0.1:${process.argv[2]}`]);
const answers = new Map();
const resolver = (name, type) => {
  const question = `${name} ${type}`;
  if (!answers.has(question)) answers.set(question, server.resolve(name, type));
  return answers.get(question);
};

for await (const file of createInterface({ input: process.stdin })) {
  const { results } = await dkimVerify(await readFile(file), { resolver });
  console.log(results.map(({ status }) => status.result).join(',') || 'none');
}
