/** Checks of what crosses between page and host about images. */

import type { EventImage, ReplayImageResult } from "../protocol/messages";
import type { ImageRequest } from "./messages";
import { isBoolean, isCount, isString, oneOf, orNull, shape } from "./shape";

/** An image of 20 MB, which is the largest that is shown. */
const MAX_BASE64_CHARS = 27_000_000;

export const isEventImage = shape<EventImage>({
  mediaType: isString,
  sizeBytes: isCount,
  width: isCount,
  height: isCount,
  isAnimated: isBoolean,
  problem: orNull(oneOf("remote", "file", "missing", "format", "redacted", "damaged", "tooLarge")),
});

const isBase64 = (value: unknown): value is string => isString(value) && /^[A-Za-z0-9+/]*={0,2}$/.test(value);

/** No type but these is ever given to the browser. */
export const isImageResult = shape<ReplayImageResult>({
  offset: isCount,
  value: isBase64,
  totalChars: (value): value is number => isCount(value) && value <= MAX_BASE64_CHARS,
  mediaType: oneOf("image/png", "image/jpeg", "image/gif", "image/webp"),
});

export const isImageRequest = shape<ImageRequest>({ index: isCount, field: isCount, image: isCount, offset: isCount });
