/**
 * A helper of a few lines that speaks the framing. The first argument says how it behaves:
 * `good`; `crash`: dies before it answers; `deaf`: never answers; `stubborn`: neither answers `shutdown` nor ends by itself.
 * It writes its pid to stderr. Its health tells what a test wants to know: the pid as `uploadedBytes`, the configured destination as `destinationLabel`.
 */

import { Buffer } from "node:buffer";
import process from "node:process";

const behaviour = process.argv[2];
let destination = "not configured";
let rest = Buffer.alloc(0);

process.stderr.write(`fake: pid ${process.pid}\n`);
if (behaviour === "crash") {
  process.stderr.write("fake: crashing as told\n");
  process.exit(3);
}
if (behaviour === "stubborn") {
  setInterval(() => undefined, 1000);
}

/** @param {object} message */
function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function health() {
  return { uploadedBytes: process.pid, destinationLabel: destination };
}

/** @type {Record<string, (params: any) => unknown>} */
const requests = {
  initialize: () => ({ capabilities: {} }),
  shutdown: () => null,
  "sessionMirror/mirror/configure": (params) => {
    destination = params.destination.url;
    if (destination === "s3://refused/x") {
      throw {
        code: -32000,
        message: "Access denied.",
        data: { kind: "auth", retryable: true, hint: "Check the keys." },
      };
    }
    return { destinationUrl: destination, destinationLabel: destination, isDefault: false, isLocal: false };
  },
  "sessionMirror/mirror/health": health,
  "sessionMirror/sessions/compact": ({ workDoneToken }) => {
    for (const value of [
      { kind: "begin", title: "", percentage: 0 },
      { kind: "report", percentage: 40, message: "merging" },
    ]) {
      send({ method: "$/progress", params: { token: workDoneToken, value } });
    }
    return { merged: true, partsBefore: 12, partsAfter: 1, streamBytes: 99 };
  },
};

/** @param {{ id?: number, method: string, params: unknown }} message */
function answer({ id, method, params }) {
  if (method === "exit" && behaviour !== "stubborn") {
    process.exit(0);
  }
  if (method === "initialized") {
    send({ method: "sessionMirror/mirror/didChangeHealth", params: health() });
  }
  const request = requests[method];
  const silent = behaviour === "deaf" || (behaviour === "stubborn" && method === "shutdown");
  if (id === undefined || request === undefined || silent) {
    return;
  }
  try {
    send({ id, result: request(params) });
  } catch (error) {
    send({ id, error });
  }
}

process.stdin.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    const length = Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, Math.max(0, end)).toString())?.[1]);
    if (end < 0 || rest.length < end + 4 + length) {
      return;
    }
    const body = rest.subarray(end + 4, end + 4 + length).toString();
    rest = rest.subarray(end + 4 + length);
    answer(JSON.parse(body));
  }
});
process.stdin.on("end", () => {
  if (behaviour !== "stubborn") {
    process.exit(0);
  }
});
