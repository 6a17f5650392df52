import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { saveImage } from "../../../extension/src/replay/imageFile";
import type { ImageRequest } from "../../../extension/src/shared/messages";
import { editor, Uri } from "../support/vscode";

const bytes = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 256));
const base64 = bytes.toString("base64");
const session = {
  image: async ({ offset }: ImageRequest) => ({
    ...{ offset, value: base64.slice(offset, offset + 400), totalChars: base64.length },
    mediaType: "image/jpeg" as const,
  }),
};
const asked = { index: 41, field: 0, image: 1 };

let folder: string;

beforeEach(() => {
  editor.reset();
  folder = mkdtempSync(join(tmpdir(), "images-"));
  editor.setFolders(folder);
});

test("an image is saved whole, where the reader says", async () => {
  const file = join(folder, "boat.jpg");
  editor.answers.push((options: unknown) => {
    expect(options).toMatchObject({ defaultUri: { path: join(folder, "image-42-2.jpg") }, filters: { JPG: ["jpg"] } });
    return Uri.file(file);
  });
  expect(await saveImage(session, asked)).toBe(true);
  expect(readFileSync(file)).toEqual(bytes);
});

test("nothing is written when the reader thinks better of it, or when the image can't be read", async () => {
  editor.answers.push(() => undefined);
  expect(await saveImage(session, asked)).toBe(false);
  const gone = { image: () => Promise.reject(new Error("It is gone.")) };
  await expect(saveImage(gone, asked)).rejects.toThrow("gone");
  expect(existsSync(join(folder, "image-42-2.jpg"))).toBe(false);
});
