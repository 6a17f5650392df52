/** Saves an image of a session where the reader says; nothing of the transcript names the file. */

import { homedir } from "node:os";
import * as vscode from "vscode";
import type { ReplayImageResult } from "../protocol/messages";
import type { ImageRequest } from "../shared/messages";
import type { ReplaySession } from "./replaySession";

const SUFFIXES: Readonly<Record<ReplayImageResult["mediaType"], string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
};

/** Resolves to whether it was saved; rejects where the image can't be read or the file not be written. */
export async function saveImage(
  session: Pick<ReplaySession, "image">,
  asked: Omit<ImageRequest, "offset">,
): Promise<boolean> {
  const first = await session.image({ ...asked, offset: 0 });
  const suffix = SUFFIXES[first.mediaType];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t("Save Image"),
    defaultUri: vscode.Uri.joinPath(folder, `image-${asked.index + 1}-${asked.image + 1}.${suffix}`),
    filters: { [suffix.toUpperCase()]: [suffix] },
  });
  if (chosen === undefined) {
    return false;
  }
  let base64 = first.value;
  while (base64.length < first.totalChars) {
    const { value } = await session.image({ ...asked, offset: base64.length });
    if (value === "") {
      break;
    }
    base64 += value;
  }
  await vscode.workspace.fs.writeFile(chosen, Buffer.from(base64, "base64"));
  return true;
}
