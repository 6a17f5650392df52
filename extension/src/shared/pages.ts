/** Records are read and kept in pages of so many. */
export const PAGE_RECORDS = 64;

/** More than a screen shows. */
export const SCREEN_RECORDS = 40;

/** The whole pages that a screen from a record on, or up to the end, needs. */
export function pagesOfScreen(first: number, recordCount: number): { readonly start: number; readonly count: number } {
  const from = Math.max(0, Math.min(first, recordCount - 1));
  const start = Math.floor(from / PAGE_RECORDS) * PAGE_RECORDS;
  const end = Math.min(recordCount, Math.ceil((from + SCREEN_RECORDS) / PAGE_RECORDS) * PAGE_RECORDS);
  return { start, count: Math.max(0, end - start) };
}
