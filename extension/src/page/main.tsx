/** The replay page's beginning. */

import { render } from "preact";
import { Bridge } from "./bridge";
import { ReplayStore } from "./store/replayStore";
import { App } from "./view/App";
import "./styles/base.css";
import "./styles/header.css";
import "./styles/feed.css";
import "./styles/events.css";
import "./styles/tools.css";
import "./styles/images.css";
import "./styles/code.css";
import "./styles/markdown.css";
import "./styles/overlays.css";
import "./styles/panel.css";
import "./styles/player.css";
import "./styles/search.css";
import "./styles/contrast.css";

const root = document.getElementById("root");
if (root !== null) {
  const bridge = new Bridge(
    (snapshot, records) => {
      store.receive(snapshot, records);
      show();
    },
    () => store.saveNow(),
  );
  const store = new ReplayStore(bridge);
  addEventListener("pagehide", () => store.saveNow());
  document.addEventListener("visibilitychange", () => store.saveNow());
  let isShown = false;
  const show = (): void => {
    if (!isShown) {
      isShown = true;
      render(<App store={store} />, root);
    }
  };
  // Most sessions are there by then, and the page is drawn once instead of twice.
  requestAnimationFrame(show);
  bridge.ready();
}
