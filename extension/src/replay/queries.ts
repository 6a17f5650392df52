/** What an open session is asked. */

import type {
  ReplayFileResult,
  ReplayFilesResult,
  ReplayFilterResult,
  ReplayImageResult,
  ReplayJumpResult,
  ReplayPlaceResult,
  ReplaySearchResult,
  ReplaySubAgentsResult,
  Requests,
  TimelineResult,
  TimelineSeekResult,
  WorkResult,
} from "../protocol/messages";
import type {
  FilterRequest,
  ImageRequest,
  JumpRequest,
  SearchRequest,
  StatisticsResult,
  TextResult,
  TurnsResult,
  WindowResult,
} from "../shared/messages";

export type HandleMethod =
  | "sessionMirror/replay/window"
  | "sessionMirror/replay/text"
  | "sessionMirror/replay/raw"
  | "sessionMirror/replay/image"
  | "sessionMirror/replay/attachment"
  | "sessionMirror/replay/statistics"
  | "sessionMirror/replay/files"
  | "sessionMirror/replay/search"
  | "sessionMirror/replay/filter"
  | "sessionMirror/replay/subAgents"
  | "sessionMirror/replay/jump"
  | "sessionMirror/replay/work"
  | "sessionMirror/replay/timeline"
  | "sessionMirror/replay/seek"
  | "sessionMirror/replay/file"
  | "sessionMirror/replay/place";
type Unhandled<M extends HandleMethod> = Omit<Requests[M]["params"], "replayId">;

export abstract class ReplayQueries {
  window(params: Unhandled<"sessionMirror/replay/window">): Promise<WindowResult> {
    return this.ask("sessionMirror/replay/window", (replayId) => ({ ...params, replayId }));
  }

  text(params: Unhandled<"sessionMirror/replay/text">): Promise<TextResult> {
    return this.ask("sessionMirror/replay/text", (replayId) => ({ ...params, replayId }));
  }

  raw(params: Unhandled<"sessionMirror/replay/raw">): Promise<TextResult> {
    return this.ask("sessionMirror/replay/raw", (replayId) => ({ ...params, replayId }));
  }

  image(params: ImageRequest): Promise<ReplayImageResult> {
    return this.ask("sessionMirror/replay/image", (replayId) => ({ ...params, replayId }));
  }

  attachment(params: Unhandled<"sessionMirror/replay/attachment">): Promise<TextResult> {
    return this.ask("sessionMirror/replay/attachment", (replayId) => ({ ...params, replayId }));
  }

  async statistics(): Promise<StatisticsResult> {
    const told = await this.ask("sessionMirror/replay/statistics", (replayId) => ({ replayId }));
    const { turns: _, ...statistics } = told.statistics;
    const { isComplete, images, imageBytes } = told;
    return { statistics, isComplete, images, imageBytes };
  }

  async turns(fromTurn: number): Promise<TurnsResult> {
    const told = await this.ask("sessionMirror/replay/statistics", (replayId) => ({ replayId, fromTurn }));
    return { turns: told.statistics.turns, turnCount: told.turnCount, isComplete: told.isComplete };
  }

  files(params: Unhandled<"sessionMirror/replay/files">): Promise<ReplayFilesResult> {
    return this.ask("sessionMirror/replay/files", (replayId) => ({ ...params, replayId }));
  }

  search(params: SearchRequest): Promise<ReplaySearchResult> {
    return this.ask("sessionMirror/replay/search", (replayId) => ({ ...params, replayId }));
  }

  filter(params: FilterRequest): Promise<ReplayFilterResult> {
    return this.ask("sessionMirror/replay/filter", (replayId) => ({ ...params, replayId }));
  }

  subAgents(params: Unhandled<"sessionMirror/replay/subAgents">): Promise<ReplaySubAgentsResult> {
    return this.ask("sessionMirror/replay/subAgents", (replayId) => ({ ...params, replayId }));
  }

  jump(params: JumpRequest): Promise<ReplayJumpResult> {
    return this.ask("sessionMirror/replay/jump", (replayId) => ({ ...params, replayId }));
  }

  work(params: Unhandled<"sessionMirror/replay/work">): Promise<WorkResult> {
    return this.ask("sessionMirror/replay/work", (replayId) => ({ ...params, replayId }));
  }

  timeline(params: Unhandled<"sessionMirror/replay/timeline">): Promise<TimelineResult> {
    return this.ask("sessionMirror/replay/timeline", (replayId) => ({ ...params, replayId }));
  }

  seek(params: Unhandled<"sessionMirror/replay/seek">): Promise<TimelineSeekResult> {
    return this.ask("sessionMirror/replay/seek", (replayId) => ({ ...params, replayId }));
  }

  file(params: Unhandled<"sessionMirror/replay/file">): Promise<ReplayFileResult> {
    return this.ask("sessionMirror/replay/file", (replayId) => ({ ...params, replayId }));
  }

  place(params: Unhandled<"sessionMirror/replay/place">): Promise<ReplayPlaceResult> {
    return this.ask("sessionMirror/replay/place", (replayId) => ({ ...params, replayId }));
  }

  /** Asks with the handle that the session has, or gets. */
  protected abstract ask<M extends HandleMethod>(
    method: M,
    paramsFor: (replayId: string) => Requests[M]["params"],
  ): Promise<Requests[M]["result"]>;
}
