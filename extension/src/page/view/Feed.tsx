/** The scrolling list of the session's records: of all of them, only those around the view are in the document. */

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { SessionInfo } from "../../shared/messages";
import { Marks } from "../list/marks";
import { Navigator } from "../list/navigator";
import { Stage } from "../list/stage";
import type { ReplayStore } from "../store/replayStore";
import { Row } from "./Row";

interface Props {
  readonly store: ReplayStore;
  readonly onNavigator: (navigator: Navigator | undefined) => void;
}

export function Feed({ store, onNavigator }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const sizer = useRef<HTMLDivElement>(null);
  const block = useRef<HTMLDivElement>(null);
  const [navigator, setNavigator] = useState<Navigator>();
  const stage = useRef<Stage | undefined>(undefined);
  const marks = useRef<Marks | undefined>(undefined);

  useLayoutEffect(() => {
    if (scroller.current === null || sizer.current === null) {
      return undefined;
    }
    const detach = store.layout.attach(scroller.current);
    const created = new Navigator(store, scroller.current);
    setNavigator(created);
    onNavigator(created);
    stage.current = new Stage(store, scroller.current, sizer.current);
    marks.current = new Marks(store, scroller.current);
    return () => {
      created.stopSearch();
      onNavigator(undefined);
      stage.current?.stop();
      marks.current?.stop();
      detach();
    };
  }, [store, onNavigator]);

  const { layout } = store;
  const rows = layout.rows();
  const total = layout.total;
  const top = layout.offset(rows[0] ?? 0);
  // After every drawing: rows came or went, and what is being read has to stay where it is.
  useLayoutEffect(() => {
    sizer.current?.style.setProperty("height", `${total}px`);
    block.current?.style.setProperty("top", `${top}px`);
    layout.settle();
    navigator?.afterDraw();
    stage.current?.afterDraw();
    marks.current?.afterDraw();
  });

  const drawn = useRows(store, rows);
  const { isPlaying } = store.playback.player;
  const isLoading = rows.some((index) => store.record(index) === undefined);
  return (
    <div
      class="scroller"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard
      tabIndex={0}
      onFocusIn={(event) => event.target instanceof Element && navigator?.focused(event.target)}
      onFocusOut={(event) => navigator?.blurred(event.relatedTarget)}
    >
      <div class={isPlaying ? "sizer sizer-playing" : "sizer"} ref={sizer}>
        <div class="rows" ref={block} {...(rows.length > 0 ? feedOf(isLoading) : {})}>
          {drawn}
        </div>
      </div>
      {isPlaying ? <div class="yet-to-come" /> : <Ending info={store.snapshot?.info ?? null} />}
    </div>
  );
}

/** What tells screen readers of the rows; without any they are no feed. */
function feedOf(isLoading: boolean) {
  return { role: "feed", "aria-busy": isLoading, "aria-label": "Session" } as const;
}

/** Rows in which nothing changed are the objects of the last drawing, which Preact passes over: scrolling draws only new ones. */
function useRows(store: ReplayStore, indices: readonly number[]): readonly VNode[] {
  const kept = useRef<Drawn>({ of: "", playhead: undefined, rows: new Map() });
  const { player } = store.playback;
  const edition = store.snapshot?.edition;
  const of = `${edition} ${store.version} ${player.isPlaying}`;
  const playhead = player.isInUse ? store.reading.answers.rowOf(player.index) : undefined;
  // While something is played, what a call tells depends on the moment.
  const before = kept.current.of === of && !player.isPlaying ? kept.current : undefined;
  const isMoved = before?.playhead !== playhead;
  const rowAt = (index: number): VNode => {
    const isChanged = isMoved && (index === playhead || index === before?.playhead);
    const same = isChanged ? undefined : before?.rows.get(index);
    return same ?? <Row key={`${edition}:${index}`} store={store} index={index} />;
  };
  const rows = indices.map((index): [number, VNode] => [index, rowAt(index)]);
  kept.current = { of, playhead, rows: new Map(rows) };
  return rows.map(([, row]) => row);
}

interface Drawn {
  /** Of which state of the store. */
  readonly of: string;
  readonly playhead: number | undefined;
  readonly rows: ReadonlyMap<number, VNode>;
}

function Ending({ info }: { info: SessionInfo | null }) {
  if (info?.problem) {
    return (
      <p class="ending">
        <span class="ending-problem">{info.problem.message}</span> {info.problem.hint}
      </p>
    );
  }
  return <p class="ending">{info?.isLive ? "The session goes on here" : "End of the session"}</p>;
}
