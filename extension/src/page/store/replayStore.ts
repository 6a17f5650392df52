/** What the page knows about the session, and what the reader did with it. The views draw it and hear of changes. */

import type { ReplayRecord } from "../../protocol/messages";
import type { Snapshot, WindowResult } from "../../shared/messages";
import type { PageState } from "../../shared/pageState";
import type { Bridge } from "../bridge";
import { FeedLayout } from "../list/feedLayout";
import { AgentWatch } from "./agentStatus";
import { Arrivals } from "./arrivals";
import { type EventPlace, foldKey } from "./eventPlace";
import { Finding } from "./finding";
import { Folds } from "./folds";
import { ImageStore } from "./images";
import { Keeping } from "./keeping";
import { showMoment } from "./moment";
import { tellNews } from "./news";
import { Notices } from "./notices";
import { placesAt } from "./placesAt";
import { Playback } from "./playbackStore";
import { Reading } from "./reading";
import { RecordCache } from "./recordCache";
import { Remembering } from "./remembering";
import { toldByRows } from "./rowsTold";
import { type SeekingDeps, seek } from "./seeking";
import { SidePanelStore } from "./sidePanel";
import { StatisticsStore } from "./statisticsStore";
import { TextStore } from "./textStore";
import { Throttle } from "./throttle";
import { WindowLoader } from "./windowLoader";
import { countAgain, findingOf, playbackOf, readingOf } from "./wiring";

const CACHE_LIMITS = { maxPages: 160, maxChars: 24_000_000 };
/** Scrolling asks for what is in sight at most this often. */
const WANT_INTERVAL_MS = 40;

export class ReplayStore {
  readonly layout: FeedLayout;
  readonly texts: TextStore;
  readonly folds: Folds;
  readonly reading: Reading;
  readonly statistics: StatisticsStore;
  readonly playback: Playback;
  readonly panel: SidePanelStore;
  readonly finding: Finding;
  readonly agent: AgentWatch;
  /** How many records there were when the reader was last at the end. */
  seenCount = 0;
  readonly notices = new Notices(() => this.#draw());
  readonly images = new ImageStore(
    (params) => this.bridge.request("image", params),
    () => this.changed(),
  );
  readonly #arrivals: Arrivals;
  readonly #cache = new RecordCache(CACHE_LIMITS);
  readonly #loader: WindowLoader;
  readonly #listeners = new Set<() => void>();
  readonly #saved: PageState | undefined;
  readonly remembering: Remembering;
  readonly #keeping: Keeping;
  #snapshot: Snapshot | null = null;
  #current: EventPlace | null = null;
  #begun = false;
  readonly #wanting = new Throttle(WANT_INTERVAL_MS, () => this.#want());
  #version = 0;

  constructor(readonly bridge: Bridge) {
    this.#saved = bridge.loadState();
    this.remembering = new Remembering(bridge, this.#saved === undefined);
    this.#keeping = new Keeping(this, this.#saved, () => this.#begun);
    const { habits } = this.remembering;
    this.folds = new Folds(this.#saved?.open ?? []);
    this.texts = new TextStore(() => this.changed());
    this.statistics = new StatisticsStore({
      request: () => bridge.request("statistics", {}),
      onChange: () => this.#countAgain(),
    });
    this.panel = new SidePanelStore(bridge, this.#saved?.panel, habits.panel, () => {
      this.save();
      this.#draw();
    });
    this.agent = new AgentWatch({
      request: (start, count) => bridge.request("window", { start, count }),
      onChange: () => this.#draw(),
      say: (line) => this.notices.say(line),
    });
    this.layout = new FeedLayout({
      record: (index) => this.#cache.get(index),
      onHold: (index) => {
        this.reading.reveal(index);
        this.#wanting.hurry();
      },
      rowOf: (index) => this.reading.answers.rowOf(index),
      onScrolled: (distance) => this.playback.player.readerScrolled(this.layout.visible(), distance),
      onChange: () => this.#placed(),
    });
    this.reading = new Reading({
      ...readingOf(this),
      record: (index) => this.#cache.get(index),
      density: this.#saved?.density ?? habits.density ?? "full",
      bookkeeping: this.#saved?.bookkeeping ?? habits.bookkeeping ?? false,
      onChange: () => this.#moved(),
    });
    const seeking: SeekingDeps = {
      ...{ bridge, snapshot: () => this.#snapshot, pages: () => this.#cache.wholePages(this.recordCount) },
      take: (read) => {
        this.#cache.put(read.records);
        this.#loaded(read);
      },
    };
    this.playback = new Playback(
      bridge,
      playbackOf(this, {
        onTimeline: () => this.#countAgain(),
        onChange: () => this.#placed(),
        seek: (atMs) => seek(seeking, atMs),
      }),
      this.#saved?.playback,
      habits,
    );
    this.#arrivals = new Arrivals({
      show: (index) => showMoment(this, index),
      arrived: (id) => bridge.arrived(id),
    });
    this.finding = new Finding(bridge, findingOf(this, { onChange: () => this.#found() }), this.#saved?.filter);
    this.#loader = new WindowLoader({
      cache: this.#cache,
      request: (start, count) => bridge.request("window", { start, count }),
      onChange: (loaded) => this.#loaded(loaded),
    });
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** The event that keys act on; shown once it was moved to by key. */
  get current(): EventPlace | null {
    return this.#current;
  }

  set current(place: EventPlace | null) {
    this.#current = place;
    if (place !== null) {
      this.playback.player.readerAt(place.index);
    }
  }

  get recordCount(): number {
    return this.#snapshot?.info?.recordCount ?? 0;
  }

  /** Why records in sight can't be loaded. */
  get loadProblem(): WindowLoader["problem"] {
    return this.#loader.problem;
  }

  get following(): boolean {
    return this.layout.anchor.kind === "end";
  }

  /** Records that came since the reader was last at the end. */
  get newCount(): number {
    return this.recordCount - this.seenCount;
  }

  /** As it is shown. */
  record(index: number): ReplayRecord | undefined {
    const record = this.wholeRecord(index);
    return record && this.finding.filters.seen(record);
  }

  /** With the events that a filter leaves out. */
  wholeRecord(index: number): ReplayRecord | undefined {
    const record = this.#cache.get(index);
    return record && this.reading.bookkeeping.seen(record);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How often something changed that rows may show; where the view and a resting playhead are is no part of it. */
  get version(): number {
    return this.#version;
  }

  changed(): void {
    this.#version += 1;
    this.#draw();
  }

  /** `records`: those that the host read ahead, of where the page begins. */
  receive(snapshot: Snapshot, records?: WindowResult): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    if (snapshot.info !== null) {
      this.#takeInfo(snapshot, snapshot.info, before, records?.records ?? []);
    }
    this.#arrivals.take(snapshot);
    if (before === null) {
      // At once: a window reloaded a moment later restores only tabs that have left their state.
      this.saveNow();
    }
    this.#version += before !== null && toldByRows(before) === toldByRows(snapshot) ? 0 : 1;
    this.#draw();
  }

  toggleFold(place: EventPlace): void {
    this.layout.holdRow(place.index);
    this.folds.toggle(foldKey(place));
    this.save();
    this.changed();
  }

  retryLoading(): void {
    this.#loader.retry();
    this.changed();
  }

  /** Remembers the place and the folds for after a reload; soon, not at once. */
  save(): void {
    this.#keeping.soon();
  }

  saveNow(): void {
    this.#keeping.now();
  }

  #takeInfo(
    snapshot: Snapshot,
    info: NonNullable<Snapshot["info"]>,
    before: Snapshot | null,
    records: readonly ReplayRecord[],
  ): void {
    const { recordCount } = info;
    if (!this.#begun) {
      this.#begun = true;
      this.layout.restart(recordCount, this.#keeping.firstAnchor(info.isLive));
      this.seenCount = recordCount;
      this.playback.player.begin(this.following ? Math.max(0, recordCount - 1) : 0);
    } else if (before !== null && before.edition !== snapshot.edition) {
      for (const known of [this.#cache, this.folds, this.reading.work, this.reading.answers, this.texts, this.images]) {
        known.clear();
      }
      this.#loader.reset();
      this.current = null;
      this.playback.player.restart();
      this.seenCount = recordCount;
      this.layout.restart(recordCount, this.following ? { kind: "end" } : { kind: "row", index: 0, offset: 0 });
    } else if (before !== null && before.opening !== snapshot.opening) {
      this.#cache.markStale();
      this.#loader.reset();
    }
    this.layout.grow(recordCount);
    this.#cache.put(records);
    this.reading.place(records);
    this.#loader.setRecordCount(recordCount);
    this.#countAgain();
    if (info.missingBytes === 0) {
      this.agent.sessionAt(info.isLive, recordCount);
    }
    tellNews(this, recordCount, before?.info ?? null);
    this.#wanting.ask();
  }

  #loaded(loaded: WindowResult | undefined): void {
    this.reading.place(loaded?.records ?? []);
    this.#wanting.ask();
    this.changed();
  }

  #moved(): void {
    this.#placed();
    this.changed();
  }

  /** The view or the playhead went elsewhere. */
  #placed(): void {
    if (this.following || this.layout.atEnd) {
      this.seenCount = this.recordCount;
    }
    this.reading.work.playAt(this.playback.player.isPlaying ? this.playback.player.index : undefined);
    this.reading.work.tidy();
    this.save();
    this.#wanting.ask();
    this.#draw();
  }

  #draw(): void {
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  #found(): void {
    this.#countAgain();
    this.changed();
  }

  /** Asks what is known of the session as a whole, where that is of an older state, and shows what is. */
  #countAgain(): void {
    if (this.#snapshot !== null) {
      countAgain(this, this.#snapshot);
    }
    this.#draw();
  }

  #want(): void {
    // Work that is folded is told of without its records.
    const rows = this.layout.rows().filter((index) => this.reading.work.closedAt(index) === undefined);
    const elsewhere = rows.flatMap((index) => placesAt(this, index).map((place) => place.index));
    this.#loader.want([...rows, ...elsewhere, ...this.playback.ahead()]);
  }
}
