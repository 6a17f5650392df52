// Pictures in transcripts: what a person pasted, and what a tool looked at.

import { appendFile, utimes } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import type { Machine } from "./machine";

const PAST_MS = 3 * 60 * 60_000;

/** Appends a prompt with images, and the result of a tool that read one, to the newest session of the machine. */
export async function appendPictures(machine: Machine, prompted: readonly Buffer[], read: Buffer): Promise<void> {
  const [transcript] = (await machine.transcripts()).values();
  if (transcript === undefined) {
    throw new Error("there is no session");
  }
  const timestamp = new Date(Date.now() - PAST_MS).toISOString();
  const call = { type: "tool_use", id: "toolu_shot", name: "Read", input: { file_path: "/home/ada/shot.png" } };
  const records = [
    said("user", [...prompted.map(imageOf), { type: "text", text: "What is wrong on these?" }]),
    said("assistant", [call]),
    said("user", [{ type: "tool_result", tool_use_id: "toolu_shot", content: [imageOf(read)] }]),
    said("assistant", [{ type: "text", text: "The button is **too wide**." }]),
  ];
  const lines = records.map((record, number) =>
    JSON.stringify({ ...record, uuid: `shot-${number}`, timestamp, cwd: machine.workspace }),
  );
  await appendFile(transcript, `${lines.join("\n")}\n`);
  const ended = new Date(Date.now() - PAST_MS);
  await utimes(transcript, ended, ended);
}

/** A PNG that looks like something: a window with a bar and a button. */
export function screenshotPng(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isButton = Math.abs(x - width / 2) < width / 6 && Math.abs(y - height / 2) < height / 12;
      const pixel = isButton ? [60, 130, 240] : y < height / 10 ? [70, 70, 80] : [225, 228 - (20 * y) / height, 235];
      rows.set(pixel, y * (width * 3 + 1) + 1 + x * 3);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, "latin1"), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

function crc32(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
  }
  return ~sum >>> 0;
}

function imageOf(data: Buffer) {
  return { type: "image", source: { type: "base64", media_type: "image/png", data: data.toString("base64") } };
}

function said(role: "user" | "assistant", content: unknown) {
  return { type: role, message: { role, content } };
}
