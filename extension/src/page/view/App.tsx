/** The whole page: puts the parts together, and turns keys and clicks on links into deeds. */

import { useCallback, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { isOpenableUrl } from "../../shared/guards";
import { RequestError } from "../../shared/rpc";
import { plural } from "../format";
import { type Command, commandFor, focusKind } from "../keys/table";
import type { Navigator } from "../list/navigator";
import { toggleDensity } from "../store/density";
import { copyLink } from "../store/moment";
import { playerTakes } from "../store/playerKeys";
import type { ReplayStore } from "../store/replayStore";
import { Feed } from "./Feed";
import { Finding } from "./Finding";
import { Header } from "./Header";
import { Icon } from "./Icon";
import { ImageViewer } from "./ImageViewer";
import { KeysOverlay } from "./KeysOverlay";
import { KeyTooltip } from "./KeyTooltip";
import { SidePanel } from "./panel/SidePanel";
import { Empty, Failed, Opening, ProblemBar } from "./States";
import { Transport } from "./Transport";

export function App({ store }: { store: ReplayStore }) {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const [isHelpShown, setHelpShown] = useState(false);
  const navigator = useRef<Navigator | undefined>(undefined);
  const setNavigator = useCallback((created: Navigator | undefined) => {
    navigator.current = created;
  }, []);
  useLayoutEffect(() => store.subscribe(() => redraw(undefined)), [store]);
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Enter") {
        openLink(event, store);
      }
      handleKey(event, store, navigator.current, setHelpShown);
    };
    const onClick = (event: MouseEvent): void => openLink(event, store);
    document.addEventListener("keydown", onKey);
    document.addEventListener("click", onClick);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("click", onClick);
    };
  }, [store]);

  const { snapshot } = store;
  if (snapshot === null) {
    return <Opening progress="" />;
  }
  return (
    <div class="page">
      <Header
        snapshot={snapshot}
        told={store.statistics.known}
        agent={store.agent.status}
        finding={store.finding}
        isPanelOpen={store.panel.isOpen}
        onPanel={() => togglePanel(store, navigator.current)}
        onHelp={() => setHelpShown(true)}
        onParent={() => openParent(store)}
        density={store.reading.work.density}
        onDensity={() => toggleDensity(store)}
      />
      <div class="page-body">
        <Content store={store} onNavigator={setNavigator} onLeave={() => navigator.current?.takeFocus()} />
        {store.panel.isOpen && (snapshot.info?.recordCount ?? 0) > 0 && (
          <SidePanel store={store} onGo={(index) => goTo(store, navigator.current, index)} />
        )}
      </div>
      {(snapshot.info?.recordCount ?? 0) > 0 && (
        <Transport store={store} onCommand={(command) => runCommand(store, navigator.current, command)} />
      )}
      <p class="visually-hidden" aria-live="polite">
        {store.notices.announcement}
      </p>
      {store.images.viewed !== null && <ImageViewer store={store} place={store.images.viewed} />}
      <KeyTooltip />
      {isHelpShown && <KeysOverlay onClose={() => setHelpShown(false)} />}
    </div>
  );
}

function Content({
  store,
  onNavigator,
  onLeave,
}: {
  store: ReplayStore;
  onNavigator: (navigator: Navigator | undefined) => void;
  /** The focus is to go back to the session. */
  onLeave: () => void;
}) {
  const { snapshot } = store;
  const retryOpening = (): void => store.bridge.retry();
  if (snapshot === null || snapshot.info === null) {
    return snapshot?.problem ? (
      <Failed problem={snapshot.problem} onRetry={retryOpening} />
    ) : (
      <Opening progress={snapshot?.progress ?? ""} />
    );
  }
  if (snapshot.info.recordCount === 0) {
    return <Empty isLive={snapshot.info.isLive} />;
  }
  const { newCount } = store;
  const { player } = store.playback;
  return (
    <main class="content">
      <Finding store={store} onLeave={onLeave} />
      {/* Of the prompts only those in sight are in the document: replies' own headings stand below this one at least. */}
      <h2 class="visually-hidden">Session</h2>
      <Feed store={store} onNavigator={onNavigator} />
      <div class="floating">
        {store.notices.activity !== "" && <p class="activity">{store.notices.activity}</p>}
        {player.isPlaying && !player.isFollowed && (
          <button type="button" class="new-button" onClick={() => player.follow()}>
            To the playhead
            <Icon name="down" />
          </button>
        )}
        {store.remembering.isOffered(snapshot.leftAt) && <BackOffer store={store} />}
        {newCount > 0 && !store.following && (
          <button type="button" class="new-button" onClick={() => toEnd(store)}>
            {plural(newCount, "new", "new")}
            <Icon name="down" />
          </button>
        )}
      </div>
      {snapshot.phase === "failed" && snapshot.problem !== null ? (
        <ProblemBar problem={snapshot.problem} onRetry={retryOpening} />
      ) : (
        store.loadProblem !== null && <ProblemBar problem={store.loadProblem} onRetry={() => store.retryLoading()} />
      )}
    </main>
  );
}

function openParent(store: ReplayStore): void {
  store.bridge
    .request("openParent", {})
    .catch((error: unknown) => store.notices.notify(RequestError.problemOf(error).message));
}

/** Where the reader left the session, when its tab was closed. */
function BackOffer({ store }: { store: ReplayStore }) {
  const dismiss = (): void => {
    store.remembering.dismiss();
    store.changed();
  };
  return (
    <div class="back-offer">
      <button type="button" class="new-button" onClick={() => store.remembering.goBack()}>
        Back to where you were
      </button>
      <button
        type="button"
        class="new-button"
        title="Stay here"
        aria-label="Stay here instead of going back to where you were"
        onClick={dismiss}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

function goTo(store: ReplayStore, navigator: Navigator | undefined, index: number): void {
  const { player } = store.playback;
  if (player.isPlaying) {
    player.goTo(index);
  } else {
    navigator?.goToRecord(index);
  }
  store.panel.giveWay();
}

function togglePanel(store: ReplayStore, navigator: Navigator | undefined): void {
  const wasInside = isInPanel();
  store.panel.toggle();
  if (wasInside) {
    navigator?.takeFocus();
  }
}

/** Back to the session; a panel that covers it is closed. */
function leavePanel(store: ReplayStore, navigator: Navigator | undefined): void {
  if (isInPanel()) {
    store.panel.giveWay();
    navigator?.takeFocus();
  }
}

function isInPanel(): boolean {
  return document.activeElement?.closest(".panel") != null;
}

function toEnd(store: ReplayStore): void {
  store.playback.player.pause();
  store.layout.hold({ kind: "end" });
}

function handleKey(
  event: KeyboardEvent,
  store: ReplayStore,
  navigator: Navigator | undefined,
  setHelpShown: (change: (isShown: boolean) => boolean) => void,
): void {
  const command = event.defaultPrevented ? undefined : commandFor(event, focusKind(document.activeElement));
  if (command === undefined) {
    return;
  }
  if (command === "help") {
    setHelpShown((isShown) => !isShown);
  } else if (command === "close") {
    // The open dialog closes by itself.
    navigator?.stopSearch();
    leavePanel(store, navigator);
    store.finding.close();
    return;
  } else if (document.querySelector("dialog[open]") === null) {
    runCommand(store, navigator, command, event.key);
  } else {
    return;
  }
  event.preventDefault();
}

function runCommand(store: ReplayStore, navigator: Navigator | undefined, command: Command, key = ""): void {
  if (command === "panel") {
    togglePanel(store, navigator);
    return;
  }
  if (command === "density") {
    toggleDensity(store);
    return;
  }
  if (command === "copyLink") {
    copyLink(store);
    return;
  }
  if (store.finding.takes(command)) {
    return;
  }
  const { player } = store.playback;
  if (!playerTakes(player, command, key, performance.now())) {
    navigator?.run(command);
  }
}

/** Links of a transcript are opened by the host, and only after it has asked. */
function openLink(event: Event, store: ReplayStore): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-url]") : null;
  const url = link?.dataset["url"];
  if (isOpenableUrl(url)) {
    event.preventDefault();
    store.bridge.request("openExternal", { url }).catch(() => store.notices.notify("The address couldn't be opened"));
  }
}
