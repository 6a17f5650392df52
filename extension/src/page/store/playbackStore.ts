/** Playing the session: its time axis, the player, and what both need of the page. */

import type { SavedPlayback } from "../../shared/pageState";
import type { Bridge } from "../bridge";
import type { FeedLayout } from "../list/feedLayout";
import { type Pace, Player, type PlayerDeps } from "./player";
import { RecordScore, type ScoreDeps } from "./score";
import { StripScale } from "./stripScale";
import { STRIP_BUCKETS, TimelineStore } from "./timelineStore";

/** Between a record that was sought and the upper edge of the view, in pixels. */
const MARGIN = 12;

export interface PlaybackDeps extends Omit<ScoreDeps, "timeline"> {
  readonly layout: FeedLayout;
  readonly isLive: () => boolean;
  readonly seek: PlayerDeps["seek"];
  /** Shows and says a line. */
  readonly notify: (line: string) => void;
  /** Says a line to screen readers. */
  readonly say: (line: string) => void;
  readonly onTimeline: () => void;
  readonly onChange: () => void;
}

export class Playback {
  readonly timeline: TimelineStore;
  readonly player: Player;
  readonly #score: RecordScore;

  constructor(
    bridge: Bridge,
    private readonly deps: PlaybackDeps,
    saved: SavedPlayback | undefined,
    pace: Pace,
  ) {
    const { layout, record, recordCount, isLoading, isHidden, next, notify, seek } = deps;
    this.timeline = new TimelineStore({
      request: () => bridge.request("timeline", { buckets: STRIP_BUCKETS }),
      onChange: deps.onTimeline,
    });
    this.#score = new RecordScore({
      ...{ record, recordCount, isLoading, isHidden, next },
      timeline: () => this.timeline.known,
    });
    this.player = new Player(
      {
        ...{ record, recordCount, isLoading, score: this.#score, onProblem: notify, onChange: deps.onChange },
        durationMs: () => this.timeline.durationMs,
        scale: () => this.scale,
        seek,
        show: (index) => layout.hold({ kind: "row", index, offset: -MARGIN }),
        onPlaying: () => this.#changed(),
        onEnd: () => this.#ended(),
      },
      saved,
      pace,
    );
  }

  get scale(): StripScale {
    return new StripScale(this.timeline.known, this.deps.recordCount(), this.player.positionMs);
  }

  say(line: string): void {
    this.deps.say(line);
  }

  /** The records that are played next; none while nothing is. */
  ahead(): readonly number[] {
    return this.player.isPlaying ? this.#score.ahead(this.player.index) : [];
  }

  /** While something is played the list ends at the playhead; else it is all there. */
  #changed(): void {
    if (!this.player.isPlaying) {
      this.deps.layout.unlimit();
    }
    this.deps.onChange();
  }

  /** What a live session writes next is then read as it comes. */
  #ended(): void {
    if (this.deps.isLive()) {
      this.deps.layout.hold({ kind: "end" });
    } else {
      this.deps.notify("End of the session");
    }
  }
}
