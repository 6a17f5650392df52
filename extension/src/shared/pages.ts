/** Records are read and kept in pages of so many. */
export const PAGE_RECORDS = 64;
