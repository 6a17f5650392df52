/** What a session's layout in a bucket costs: an estimate, with the prices that Amazon publishes. Pure. */

import { l10n } from "vscode";

/**
 * S3 Standard in us-east-1, in US dollars without taxes, as published in 2025 at https://aws.amazon.com/s3/pricing/.
 * Other regions and stores have other prices; how two layouts compare is much the same. Traffic out of Amazon's network is
 * left out: it does not depend on the layout.
 */
const STORAGE_PER_GB_MONTH = 0.023;
const PER_GET = 0.0004 / 1000;
const PER_LIST = 0.005 / 1000;

/** The first 50 TB are billed by the binary gigabyte. */
const GB_BYTES = 2 ** 30;
/** Keys that one LIST returns. */
const LIST_PAGE = 1000;
/** Larger parts are read in pieces of this size. */
const READ_BYTES = 8 * 2 ** 20;
/** Compaction makes no larger parts. */
const MERGED_BYTES = 2 ** 30;
/** A session is read about once a day: replayed, shown in a terminal, or searched. */
export const READS_PER_MONTH = 30;

export interface Layout {
  readonly partCount: number;
  readonly streamBytes: number;
}

export interface Cost {
  /** To find and read the whole session once. */
  readonly requests: number;
  /** US dollars a month: storing it, and reading it whole `READS_PER_MONTH` times. */
  readonly dollars: number;
}

export function costOf({ partCount, streamBytes }: Layout): Cost {
  const gets = Math.max(partCount, Math.ceil(streamBytes / READ_BYTES));
  // `meta.json` is listed along with the parts.
  const lists = Math.ceil((partCount + 1) / LIST_PAGE);
  const storage = (streamBytes / GB_BYTES) * STORAGE_PER_GB_MONTH;
  return {
    requests: gets + lists,
    dollars: storage + READS_PER_MONTH * (gets * PER_GET + lists * PER_LIST),
  };
}

/** What Compact Session makes of it. */
export function compacted({ partCount, streamBytes }: Layout): Layout {
  return { partCount: Math.min(partCount, Math.max(1, Math.ceil(streamBytes / MERGED_BYTES))), streamBytes };
}

/** Money where it is worth telling, else requests: `about $0.0099 a month; $0.0002 after Compact Session`. */
export function costWords(layout: Layout): string {
  const now = costOf(layout);
  const then = costOf(compacted(layout));
  const canShrink = then.requests < now.requests;
  if (dollars(now) === dollars(then) && canShrink) {
    return l10n.t("reading it takes {0} requests; {1} after Compact Session", now.requests, then.requests);
  }
  const month = l10n.t("about {0} a month", dollars(now));
  return canShrink ? l10n.t("{0}; {1} after Compact Session", month, dollars(then)) : month;
}

/** To a hundredth of a cent, from a dollar on to the cent. */
function dollars({ dollars: amount }: Cost): string {
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}
