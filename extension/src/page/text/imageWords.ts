/** Images in words: for those who can't see them, for one line, for copies, and for those that aren't shown. */

import type { EventImage, ReplayEvent } from "../../protocol/messages";
import { formatBytes, plural } from "../format";

const WHY: Readonly<Record<NonNullable<EventImage["problem"]>, string>> = {
  remote: "not loaded: the session has only its address",
  file: "not shown: it is in a file, which is not part of the session",
  missing: "not shown: the session doesn't hold it",
  format: "not shown: it is no PNG, JPEG, GIF or WebP",
  redacted: "not shown: a part of it looked like a secret and was replaced",
  damaged: "not shown: it can't be read",
  tooLarge: "not shown: it is too large",
};

/** What a screen reader says: `Image 1 of 2, PNG, 1200 × 800, 85 KB`. */
export function imageName(image: EventImage, number: number, count: number): string {
  const { width, height, sizeBytes } = image;
  const facts = [typeName(image), width > 0 && `${width} × ${height}`, sizeBytes > 0 && formatBytes(sizeBytes)];
  const place = count === 1 ? "Image" : `Image ${number + 1} of ${count}`;
  return [place, ...facts].filter(Boolean).join(", ");
}

/** Why an image isn't shown; empty where it is. */
export function whyNotShown(image: EventImage): string {
  return image.problem === null ? "" : WHY[image.problem];
}

/** An image where there are only letters: `[image PNG 1200x800]`. */
export function imageToken(image: EventImage): string {
  const size = image.width > 0 ? `${image.width}x${image.height}` : "";
  return `[${["image", typeName(image), size].filter(Boolean).join(" ")}]`;
}

/** All images of an event in one line; empty where it has none. */
export function imagesInLine({ images, toldImages }: ReplayEvent): string {
  const [first] = toldImages;
  return images === 1 && first !== undefined
    ? imageToken(first)
    : images > 0
      ? `[${plural(images, "image", "images")}]`
      : "";
}

/** An event's text as it is copied: with a line for each of its images. */
export function withImages(text: string, { images, toldImages }: ReplayEvent): string {
  const rest = images - toldImages.length;
  const lines = [
    ...toldImages.map(imageToken),
    ...(rest > 0 ? [`[${plural(rest, "more image", "more images")}]`] : []),
  ];
  return lines.length === 0 ? text : [...(text === "" ? [] : [text, ""]), ...lines].join("\n");
}

function typeName({ mediaType }: EventImage): string {
  const name = mediaType.replace(/^image\//, "").replace(/\+xml$/, "");
  return name === "webp" ? "WebP" : name.toUpperCase();
}
