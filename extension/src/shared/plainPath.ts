/** Whether what a tool printed can be opened as a file of this machine, should it be one. */

const MAX_CHARS = 4096;
/** With two letters at least: a drive has one. */
const ADDRESS = /^[A-Za-z][A-Za-z0-9+.-]+:/;
/** Merely looking whether it is there tells that machine who looks. */
const OTHER_MACHINE = /^[\\/]{2}/;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export function isPlainPath(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= MAX_CHARS &&
    !ADDRESS.test(value) &&
    !OTHER_MACHINE.test(value) &&
    !CONTROL.test(value)
  );
}
