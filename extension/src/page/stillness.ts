/** Whether the reader wants as little motion as can be. */

/** By the system's setting, or by the editor's own. */
export function prefersStillness(): boolean {
  return (
    matchMedia("(prefers-reduced-motion: reduce)").matches || document.body.classList.contains("vscode-reduce-motion")
  );
}
