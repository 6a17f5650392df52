/** Checks of records, and of what the helper tells of a session as a whole. */

import type {
  Bucket,
  Count,
  Mark,
  ModelTokens,
  Pause,
  ReplayEvent,
  ReplayFilesResult,
  ReplayRecord,
  TextSlice,
  TimelineResult,
  Tokens,
  ToolCall,
  TouchedFile,
  Turn,
  WorkGroup,
  WorkResult,
} from "../protocol/messages";
import { isEventImage } from "./imageGuards";
import type { StatisticsResult, TurnsResult, WindowResult } from "./messages";
import { type Guard, isBoolean, isCount, isNumber, isString, listOf, oneOf, orNull, shape } from "./shape";

const isAction: Guard<ToolCall["action"]> = oneOf(
  ...(["shell", "read", "edit", "write", "search", "todo", "plan", "fetch", "webSearch", "agent", "ask"] as const),
  ...(["image", "other"] as const),
);

const isKind: Guard<ReplayEvent["kind"]> = oneOf(
  ...(["prompt", "reply", "thinking", "toolCall", "toolResult", "system", "compaction", "subAgent"] as const),
  ...(["error", "opaque"] as const),
);

const isEvent = shape<ReplayEvent>({
  kind: isKind,
  field: isCount,
  text: shape<TextSlice>({ value: isString, totalChars: isCount }),
  format: oneOf("markdown", "plain", "json"),
  tool: orNull(
    shape<ToolCall>({ callId: isString, name: isString, target: isString, action: isAction, paths: listOf(isString) }),
  ),
  isError: isBoolean,
  label: isString,
  images: isCount,
  toldImages: listOf(isEventImage),
  partner: orNull(isCount),
  tookMs: orNull(isCount),
  attachment: orNull(isString),
});

const isRecord = shape<ReplayRecord>({
  index: isCount,
  timeMs: orNull(isNumber),
  model: orNull(isString),
  isSidechain: isBoolean,
  rawBytes: isCount,
  events: listOf(isEvent),
  line: isCount,
  atMs: orNull(isCount),
  standing: oneOf("own", "copied", "takenBack"),
});

export const isWindow = shape<WindowResult>({ start: isCount, records: listOf(isRecord), recordCount: isCount });

const isTokens = shape<Tokens>({
  input: isCount,
  output: isCount,
  cacheRead: isCount,
  cacheWrite: isCount,
  reasoning: isCount,
  total: isCount,
});

const isCounts = listOf(shape<Count>({ name: isString, count: isCount }));

export const isStatistics = shape<StatisticsResult>({
  statistics: shape<StatisticsResult["statistics"]>({
    lines: isCount,
    events: isCounts,
    bookkeeping: isCount,
    tools: isCounts,
    models: listOf(shape<ModelTokens>({ model: isString, tokens: isTokens })),
    tokens: isTokens,
    firstAtMs: orNull(isNumber),
    lastAtMs: orNull(isNumber),
  }),
  isComplete: isBoolean,
  images: isCount,
  imageBytes: isCount,
});

export const isTurns = shape<TurnsResult>({
  turns: listOf(
    shape<Turn>({
      line: isCount,
      prompt: isString,
      beganAtMs: orNull(isNumber),
      endedAtMs: orNull(isNumber),
      tokens: isTokens,
      toolCalls: isCount,
      errors: isCount,
    }),
  ),
  turnCount: isCount,
  isComplete: isBoolean,
});

export const isFiles = shape<ReplayFilesResult>({
  files: listOf(
    shape<TouchedFile>({
      path: isString,
      firstIndex: isCount,
      lastIndex: isCount,
      firstAtMs: orNull(isNumber),
      lastAtMs: orNull(isNumber),
      reads: isCount,
      writes: isCount,
    }),
  ),
  fileCount: isCount,
  isComplete: isBoolean,
});

export const isTimeline = shape<TimelineResult>({
  durationMs: isCount,
  realMs: isCount,
  buckets: listOf(
    shape<Bucket>({ index: isCount, kind: orNull(isKind), records: isCount, errors: isCount, compactions: isCount }),
  ),
  marks: listOf(shape<Mark>({ index: isCount, atMs: isCount, kind: oneOf("prompt", "error", "compaction") })),
  pauses: listOf(shape<Pause>({ index: isCount, atMs: isCount, pauseMs: isCount })),
  recordCount: isCount,
  isComplete: isBoolean,
});

export const isWork = shape<WorkResult>({
  groups: listOf(
    shape<WorkGroup>({
      ...{ first: isCount, last: isCount, records: isCount, calls: isCount, failed: isCount },
      ...{ files: isCount, changedFiles: isCount, tookMs: orNull(isCount) },
    }),
  ),
  groupCount: isCount,
  isComplete: isBoolean,
});

/** What an answer has to look like, by method. */
