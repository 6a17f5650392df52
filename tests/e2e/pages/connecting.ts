import type { EditorWindow } from "./editorWindow";

/** Answers all that *Connect a Bucket* asks for, up to its last question. */
export async function askForBucket(window: EditorWindow, address: string, endpoint: string): Promise<void> {
  await window.palette.run("Session Mirror: Connect a Bucket");
  await window.palette.choose("S3-compatible bucket");
  await window.palette.answer(address, "address");
  await window.palette.answer(endpoint, "endpoint");
  await window.palette.answer("", "region");
  await window.palette.choose("Access keys");
  await window.palette.answer("AK", "Access key id");
  await window.palette.answer("SK", "Secret access key");
}
