/** All of an event's text, however often that has to be asked for. */

import type { TextSlice } from "../../protocol/messages";
import type { TextResult } from "../../shared/messages";
import { RequestError } from "../../shared/rpc";
import { codePoints } from "../format";

/** More than this is no business of a clipboard's. */
export const MAX_COPIED_CHARS = 20_000_000;

/** Throws a `RequestError` when the text is too long, or can't be read. */
export async function wholeText(first: TextSlice, request: (offset: number) => Promise<TextResult>): Promise<string> {
  const { totalChars } = first;
  if (totalChars > MAX_COPIED_CHARS) {
    throw new RequestError({ message: "This is too long to be copied", hint: "", retryable: false });
  }
  let { value } = first;
  let chars = codePoints(value);
  while (chars < totalChars) {
    const piece = await request(chars);
    if (piece.value === "") {
      break;
    }
    value += piece.value;
    chars += codePoints(piece.value);
  }
  return value;
}
