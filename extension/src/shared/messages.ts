/** What the replay page and the extension say to each other. Each side checks what it receives with guards.ts. */

import type {
  ReplayFilesResult,
  ReplayFilter,
  ReplayFilterResult,
  ReplayImageResult,
  ReplayJumpResult,
  ReplayOpenResult,
  ReplayRecord,
  ReplaySearchResult,
  ReplayStatisticsResult,
  ReplaySubAgentsResult,
  SearchPlace,
  TimelineResult,
  TimelineSeekResult,
  WorkResult,
} from "../protocol/messages";

import type { Habits } from "./habits";

/** What a replay tab shows; `auto` lets the helper choose between disk and bucket. */
export interface ReplayTarget {
  readonly harness: string;
  readonly sessionId: string;
  readonly title: string;
  /** `file`: a transcript opened by its path; the id is a token that only the host can read. */
  readonly origin: "auto" | "disk" | "bucket" | "file";
}

export interface SessionInfo {
  readonly title: string;
  /** The agent; of a file it was told by its lines, and is empty where none knows them. */
  readonly harness: string;
  /** The session whose agent began this one. */
  readonly parentId: string | null;
  readonly origin: "disk" | "bucket";
  readonly cwd: string | null;
  readonly recordCount: number;
  /** So many records were counted; a large session takes a while. */
  readonly analysedCount: number;
  readonly totalBytes: number;
  /** Of these so many are still on their way; the records in them come by themselves. */
  readonly missingBytes: number;
  readonly isLive: boolean;
  readonly redacted: boolean;
  readonly standing: ReplayOpenResult["standing"];
  /** Who mirrored it; null for a transcript on disk. */
  readonly machine: string | null;
  /** Why the session is longer than what can be shown: its mirror has a hole, or the bucket can't be reached. */
  readonly problem: PageProblem | null;
}

/** What went wrong, in words for the reader. */
export interface PageProblem {
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
}

/** All the page needs to know besides the records; always sent whole, so a lost one costs nothing. */
export interface Snapshot {
  readonly target: ReplayTarget;
  readonly phase: "opening" | "open" | "failed";
  /** Counts how often the session was opened: what was read under an older opening is asked for anew. */
  readonly opening: number;
  /** Counts how often the content was replaced: positions in an older edition mean nothing. */
  readonly edition: number;
  /** Of the last opening that worked; stays while the session is opened again. */
  readonly info: SessionInfo | null;
  readonly problem: PageProblem | null;
  /** What opening is busy with; empty when there is nothing to say. */
  readonly progress: string;
  /** The line of the stream at which the reader left the session, when its replay was closed. */
  readonly leftAt?: number | undefined;
  /** A record to go to, until the page says that it arrived. */
  readonly goTo?: { readonly id: number; readonly index: number } | undefined;
}

export interface WindowResult {
  readonly start: number;
  readonly records: readonly ReplayRecord[];
  readonly recordCount: number;
}

/** Offsets and totals are in Unicode code points. */
export interface TextResult {
  readonly offset: number;
  readonly value: string;
  readonly totalChars: number;
}

/** What the session adds up to, its turns left out. */
export type StatisticsResult = Pick<ReplayStatisticsResult, "isComplete" | "images" | "imageBytes"> & {
  readonly statistics: Omit<ReplayStatisticsResult["statistics"], "turns">;
};

export type TurnsResult = Pick<ReplayStatisticsResult, "turnCount" | "isComplete"> &
  Pick<ReplayStatisticsResult["statistics"], "turns">;

/** What the editor does with an event: with the file of that number among its tool's paths, or with its record. */
export interface DeedRequest {
  readonly deed: "compareEdit" | "showSeen" | "openFile" | "showLine" | "openTranscript" | "copyLink";
  readonly index: number;
  readonly field: number;
  readonly file: number;
}

/** A file that a search found, and its line, from 1, as far as it was told. */
export interface FoundPlace {
  readonly path: string;
  readonly line: number | null;
}

/** An image by its number among those of its event; its base64 from a character on. */
export interface ImageRequest {
  readonly index: number;
  readonly field: number;
  readonly image: number;
  readonly offset: number;
}

export interface SearchRequest {
  readonly query: string;
  readonly isRegex: boolean;
  readonly matchCase: boolean;
  readonly start: SearchPlace;
  readonly filter: Required<ReplayFilter> | null;
}

export interface FilterRequest {
  readonly filter: Required<ReplayFilter>;
  readonly start: number;
}

/** How much of the agent's work is shown: `full`: all events; `compact`: folded to a line between prompt and reply. */
export type Density = "full" | "compact";

export interface JumpRequest {
  readonly wanted: "prompt" | "turn" | "error" | "edit";
  readonly start: number;
  readonly direction: "forward" | "back";
  readonly filter: Required<ReplayFilter> | null;
}

export interface SeekRequest {
  readonly atMs: number;
  /** The pages of records that the page has. */
  readonly pages: readonly number[];
}

/** With the records there, unless the page has them: one trip instead of two. */
export interface SeekResult extends TimelineSeekResult {
  readonly records: WindowResult | null;
}

/** What the page may ask for. */
export interface PageRequests {
  readonly window: {
    readonly params: { readonly start: number; readonly count: number };
    readonly result: WindowResult;
  };
  readonly text: {
    readonly params: { readonly index: number; readonly field: number; readonly offset: number };
    readonly result: TextResult;
  };
  readonly raw: { readonly params: { readonly index: number; readonly offset: number }; readonly result: TextResult };
  readonly image: { readonly params: ImageRequest; readonly result: ReplayImageResult };
  /** A tool's whole output, by the name that its event gives. */
  readonly attachment: {
    readonly params: { readonly name: string; readonly offset: number };
    readonly result: TextResult;
  };
  readonly statistics: { readonly params: object; readonly result: StatisticsResult };
  /** From a turn's number on, some hundred at a time; so with files. */
  readonly turns: { readonly params: { readonly start: number }; readonly result: TurnsResult };
  readonly files: { readonly params: { readonly start: number }; readonly result: ReplayFilesResult };
  readonly timeline: { readonly params: { readonly buckets: number }; readonly result: TimelineResult };
  readonly seek: { readonly params: SeekRequest; readonly result: SeekResult };
  /** Some of the hits, and where to go on. */
  readonly search: { readonly params: SearchRequest; readonly result: ReplaySearchResult };
  /** Some of the records that a filter shows. */
  readonly filter: { readonly params: FilterRequest; readonly result: ReplayFilterResult };
  /** The session's sub-agents, from a number on. */
  readonly subAgents: { readonly params: { readonly start: number }; readonly result: ReplaySubAgentsResult };
  /** The nearest record with an error or an edit. */
  readonly jump: { readonly params: JumpRequest; readonly result: ReplayJumpResult };
  /** Groups of work, from a number on. */
  readonly work: { readonly params: { readonly start: number }; readonly result: WorkResult };
  /** Replays the session of a sub-agent, by the task it was given and what its result tells; false when none is known. */
  readonly openSubAgent: {
    readonly params: { readonly task: string; readonly told: string };
    readonly result: { readonly opened: boolean };
  };
  /** Replays the session whose sub-agent this is, at the call that began it. */
  readonly openParent: { readonly params: object; readonly result: { readonly opened: boolean } };
  /** Resolves to whether it was done; where not, the editor said why. */
  readonly act: { readonly params: DeedRequest; readonly result: { readonly done: boolean } };
  readonly openFound: { readonly params: FoundPlace; readonly result: { readonly done: boolean } };
  /** Asks the reader for a place to save an image at; resolves to whether it was saved. */
  readonly saveImage: {
    readonly params: Omit<ImageRequest, "offset">;
    readonly result: { readonly saved: boolean };
  };
  /** Resolves to whether the reader agreed to open it. */
  readonly openExternal: { readonly params: { readonly url: string }; readonly result: { readonly opened: boolean } };
}

export type PageMethod = keyof PageRequests;

export interface PageRequestOf<M extends PageMethod> {
  readonly type: "request";
  readonly clientId: string;
  readonly id: number;
  readonly method: M;
  readonly params: PageRequests[M]["params"];
}

export type PageRequest = { readonly [M in PageMethod]: PageRequestOf<M> }[PageMethod];

/** From the page. Every load of the page has a client id of its own. */
export type PageMessage =
  /** The page waits for its script, and has no other id yet than that of its document. */
  | { readonly type: "loading"; readonly clientId: string }
  | { readonly type: "ready"; readonly clientId: string }
  | { readonly type: "retry"; readonly clientId: string }
  | { readonly type: "arrived"; readonly clientId: string; readonly goTo: number }
  /** The reader chose it: tabs that are opened later begin with it. */
  | { readonly type: "prefer"; readonly clientId: string; readonly habits: Habits }
  /** The reader is at this line of the stream; null at the beginning or the end. */
  | { readonly type: "left"; readonly clientId: string; readonly line: number | null }
  /** To the line at which the reader left the session. */
  | { readonly type: "goBack"; readonly clientId: string }
  | PageRequest;

/** The page's script, for the document that has this id. */
export interface CodeMessage {
  readonly type: "code";
  readonly clientId: string;
  readonly code: Uint8Array;
}

export type HostResponse =
  | {
      readonly type: "response";
      readonly clientId: string;
      readonly id: number;
      readonly ok: true;
      readonly result: unknown;
    }
  | {
      readonly type: "response";
      readonly clientId: string;
      readonly id: number;
      readonly ok: false;
      readonly problem: PageProblem;
    };

/** To the page; one meant for an earlier load of it is ignored there. */
export type HostMessage =
  | {
      readonly type: "snapshot";
      readonly clientId: string;
      readonly snapshot: Snapshot;
      /** Of the place that the page begins at, with the first snapshot that has them. */
      readonly records?: WindowResult | undefined;
    }
  | HostResponse;
