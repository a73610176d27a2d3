// A device that runs tuf-js; the command line and the answers are those of ../python-tuf/device.py:
//
//	device.mjs init DIR ROOT_JSON
//	device.mjs update DIR METADATA_URL [--target PATH] [--time RFC3339]
//	device.mjs serve
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Updater } from "tuf-js";

// tuf-js hides some failures of the network in errors of its own, which look like verdicts.
let unreachable;
const fetchOf = globalThis.fetch;
globalThis.fetch = (...request) =>
  fetchOf(...request).catch((error) => {
    unreachable = error;
    throw error;
  });

// The trusted root is kept under the name that tuf-js itself writes newer ones to.
function init({ directory, root }) {
  mkdirSync(directory, { recursive: true });
  copyFileSync(root, join(directory, "root.json"));
  return {};
}

async function update({ directory, url, target, time }) {
  const updater = new Updater({
    metadataDir: directory,
    metadataBaseUrl: url,
    config: { userAgent: "factory-trust-test", fetchRetries: 0 },
  });
  const trusted = updater.trustedSet; // no public way to the versions, nor to a clock
  if (time) {
    trusted.referenceTime = new Date(time);
  }
  await updater.refresh();
  const result = { paths: Object.keys(trusted.targets.signed.targets).sort() };
  for (const role of ["root", "timestamp", "snapshot", "targets"]) {
    result[role] = trusted[role].signed.version;
  }
  if (target) {
    const found = await updater.getTargetInfo(target);
    result.target = found ? { length: found.length, hashes: found.hashes } : null;
  }
  return result;
}

// A client's verdict on what it was served, unlike a broken driver, disk or network.
function isVerdict(error) {
  return !unreachable && !error.code && !(error instanceof TypeError) && !(error instanceof ReferenceError);
}

// The exit code and the JSON line of one command.
async function answer(command, options) {
  unreachable = undefined;
  try {
    return [0, await { init, update }[command](options)];
  } catch (error) {
    return isVerdict(error)
      ? [1, { refused: error.constructor.name, message: error.message }]
      : [2, { failed: (unreachable ?? error).stack }];
  }
}

async function serve() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { command, ...options } = JSON.parse(line);
    console.log(JSON.stringify((await answer(command, options))[1]));
  }
}

const { values, positionals } = parseArgs({
  options: { target: { type: "string" }, time: { type: "string" } },
  allowPositionals: true,
});
const [command, directory, source] = positionals;
if (command === "serve") {
  await serve();
} else if (positionals.length === 3) {
  const [code, result] = await answer(command, { directory, root: source, url: source, ...values });
  console.log(JSON.stringify(result));
  process.exitCode = code;
} else {
  console.error("usage: device.mjs init DIR ROOT_JSON | update DIR METADATA_URL [--target PATH] [--time RFC3339] | serve");
  process.exitCode = 2;
}
