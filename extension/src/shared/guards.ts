/** Checks of everything that crosses between page and host: neither side trusts the other's words. */

import { isHabits } from "./habits";
import { isImageRequest, isImageResult } from "./imageGuards";
import type {
  FoundPlace,
  HostMessage,
  PageMessage,
  PageMethod,
  PageProblem,
  PageRequests,
  ReplayTarget,
  SeekResult,
  SessionInfo,
  Snapshot,
  TextResult,
} from "./messages";
import { isPlainPath } from "./plainPath";
import { isFiles, isStatistics, isTimeline, isTurns, isWindow, isWork } from "./recordGuards";
import {
  isFilterRequest,
  isFilterResult,
  isJumpRequest,
  isJumpResult,
  isSearchRequest,
  isSearchResult,
  isSubAgents,
} from "./searchGuards";
import { type Guard, isBoolean, isCount, isObject, isString, listOf, oneOf, orAbsent, orNull, shape } from "./shape";

/** The most stretches that a time axis may be asked for in. */
const MAX_BUCKETS = 1000;
/** The most records that one request may ask for. */
export const MAX_WINDOW = 1024;
const MAX_URL_CHARS = 4096;

export const isReplayTarget = shape<ReplayTarget>({
  harness: isString,
  sessionId: isString,
  title: isString,
  origin: oneOf("auto", "disk", "bucket", "file"),
});

const isProblem = shape<PageProblem>({ message: isString, hint: isString, retryable: isBoolean });

const isSnapshot = shape<Snapshot>({
  target: isReplayTarget,
  phase: oneOf("opening", "open", "failed"),
  opening: isCount,
  edition: isCount,
  info: orNull(
    shape<SessionInfo>({
      title: isString,
      harness: isString,
      parentId: orNull(isString),
      origin: oneOf("disk", "bucket"),
      cwd: orNull(isString),
      recordCount: isCount,
      analysedCount: isCount,
      totalBytes: isCount,
      missingBytes: isCount,
      isLive: isBoolean,
      redacted: isBoolean,
      standing: oneOf("current", "earlier", "otherMachine", "onlyInBucket"),
      machine: orNull(isString),
      problem: orNull(isProblem),
    }),
  ),
  problem: orNull(isProblem),
  progress: isString,
  leftAt: orAbsent(isCount),
  goTo: orAbsent(shape<NonNullable<Snapshot["goTo"]>>({ id: isCount, index: isCount })),
});

const isTextResult = shape<TextResult>({ offset: isCount, value: isString, totalChars: isCount });

export const resultGuards: { readonly [M in PageMethod]: Guard<PageRequests[M]["result"]> } = {
  window: isWindow,
  text: isTextResult,
  raw: isTextResult,
  image: isImageResult,
  attachment: isTextResult,
  statistics: isStatistics,
  turns: isTurns,
  files: isFiles,
  search: isSearchResult,
  filter: isFilterResult,
  subAgents: isSubAgents,
  timeline: isTimeline,
  seek: shape<SeekResult>({ index: isCount, atMs: isCount, records: orNull(isWindow) }),
  jump: isJumpResult,
  work: isWork,
  openSubAgent: shape<{ readonly opened: boolean }>({ opened: isBoolean }),
  openParent: shape<{ readonly opened: boolean }>({ opened: isBoolean }),
  act: shape<{ readonly done: boolean }>({ done: isBoolean }),
  openFound: shape<{ readonly done: boolean }>({ done: isBoolean }),
  saveImage: shape<{ readonly saved: boolean }>({ saved: isBoolean }),
  openExternal: shape<{ readonly opened: boolean }>({ opened: isBoolean }),
};

/** Only addresses with https and without a user name in them may leave the page. */
export function isOpenableUrl(value: unknown): value is string {
  if (typeof value !== "string" || value.length > MAX_URL_CHARS || !URL.canParse(value)) {
    return false;
  }
  const url = new URL(value);
  return url.protocol === "https:" && url.username === "" && url.password === "";
}

const isWindowSize = (value: unknown): value is number => isCount(value) && value >= 1 && value <= MAX_WINDOW;

const isBucketCount = (value: unknown): value is number => isCount(value) && value >= 1 && value <= MAX_BUCKETS;

const isFrom = shape<{ readonly start: number }>({ start: isCount });

const paramsGuards: { readonly [M in PageMethod]: Guard<PageRequests[M]["params"]> } = {
  window: shape<PageRequests["window"]["params"]>({ start: isCount, count: isWindowSize }),
  text: shape<PageRequests["text"]["params"]>({ index: isCount, field: isCount, offset: isCount }),
  raw: shape<PageRequests["raw"]["params"]>({ index: isCount, offset: isCount }),
  image: isImageRequest,
  attachment: shape<PageRequests["attachment"]["params"]>({ name: isString, offset: isCount }),
  statistics: shape<PageRequests["statistics"]["params"]>({}),
  turns: isFrom,
  files: isFrom,
  search: isSearchRequest,
  filter: isFilterRequest,
  subAgents: isFrom,
  jump: isJumpRequest,
  work: isFrom,
  timeline: shape<PageRequests["timeline"]["params"]>({ buckets: isBucketCount }),
  seek: shape<PageRequests["seek"]["params"]>({ atMs: isCount, pages: listOf(isCount) }),
  openSubAgent: shape<PageRequests["openSubAgent"]["params"]>({ task: isString, told: isString }),
  openParent: shape<PageRequests["openParent"]["params"]>({}),
  act: shape<PageRequests["act"]["params"]>({
    deed: oneOf(...(["compareEdit", "showSeen", "openFile", "showLine", "openTranscript", "copyLink"] as const)),
    index: isCount,
    field: isCount,
    file: isCount,
  }),
  openFound: shape<FoundPlace>({ path: isPlainPath, line: orNull(isCount) }),
  saveImage: shape<PageRequests["saveImage"]["params"]>({ index: isCount, field: isCount, image: isCount }),
  openExternal: shape<PageRequests["openExternal"]["params"]>({ url: isOpenableUrl }),
};

const isMethod: Guard<PageMethod> = oneOf(
  ...([
    "window",
    "text",
    "raw",
    "image",
    "attachment",
    "statistics",
    "turns",
    "files",
    "search",
    "filter",
    "subAgents",
    "timeline",
    "seek",
    "jump",
    "work",
    "openSubAgent",
    "openParent",
    "act",
    "openFound",
    "saveImage",
    "openExternal",
  ] as const),
);

export function isPageMessage(value: unknown): value is PageMessage {
  if (!isObject(value) || !isString(value["clientId"])) {
    return false;
  }
  switch (value["type"]) {
    case "loading":
    case "ready":
    case "retry":
    case "goBack":
      return true;
    case "arrived":
      return isCount(value["goTo"]);
    case "prefer":
      return isHabits(value["habits"]);
    case "left":
      return value["line"] === null || isCount(value["line"]);
    case "request": {
      const method = value["method"];
      return isCount(value["id"]) && isMethod(method) && paramsGuards[method](value["params"]);
    }
    default:
      return false;
  }
}

export function isHostMessage(value: unknown): value is HostMessage {
  if (!isObject(value) || !isString(value["clientId"])) {
    return false;
  }
  switch (value["type"]) {
    case "snapshot":
      return isSnapshot(value["snapshot"]) && orAbsent(isWindow)(value["records"]);
    case "response":
      return (
        isCount(value["id"]) &&
        (value["ok"] === true ? "result" in value : value["ok"] === false && isProblem(value["problem"]))
      );
    default:
      return false;
  }
}
