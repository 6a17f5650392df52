/** An image on the clipboard, which takes PNG only. */

export function canCopyImages(): boolean {
  return typeof ClipboardItem !== "undefined" && typeof navigator.clipboard?.write === "function";
}

/** Rejects where the clipboard can't be written, or the bytes are no picture. */
export function copyImage(blob: Blob): Promise<void> {
  const png = blob.type === "image/png" ? blob : asPng(blob);
  return navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

async function asPng(blob: Blob): Promise<Blob> {
  const frame = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext("2d")?.drawImage(frame, 0, 0);
  frame.close();
  return canvas.convertToBlob({ type: "image/png" });
}
