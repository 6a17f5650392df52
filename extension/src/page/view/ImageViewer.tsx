/** An image of an event, large: fitted to the page or in its own size, with the others of the event beside it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { EventImage } from "../../protocol/messages";
import { RequestError } from "../../shared/rpc";
import { prefersStillness } from "../stillness";
import type { ImagePlace } from "../store/images";
import type { ReplayStore } from "../store/replayStore";
import { canCopyImages, copyImage } from "../text/imageCopy";
import { imageName } from "../text/imageWords";
import { Icon } from "./Icon";
import { Picture } from "./Picture";

interface Props {
  readonly store: ReplayStore;
  readonly place: ImagePlace;
}

export function ImageViewer({ store, place }: Props) {
  const event = store.record(place.index)?.events.find(({ field }) => field === place.field);
  const image = event?.toldImages[place.image];
  useEffect(() => {
    if (image === undefined) {
      store.images.view(null);
    }
  }, [store, image]);
  if (event === undefined || image === undefined) {
    return null;
  }
  const shown = event.toldImages.flatMap(({ problem }, number) => (problem === null ? [number] : []));
  const name = imageName(image, place.image, event.images);
  return <Dialog store={store} place={place} image={image} name={name} shown={shown} />;
}

interface DialogProps extends Props {
  readonly image: EventImage;
  readonly name: string;
  /** The numbers of those that can be looked at. */
  readonly shown: readonly number[];
}

function Dialog({ store, place, image, name, shown }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isFitted, setFitted] = useState(true);
  const [isMoving, setMoving] = useState(false);
  // The page's own notices lie below the dialog.
  const [told, tell] = useState("");
  // A modal dialog of the browser keeps the focus inside, and gives it back afterwards.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const state = store.images.get(place);
  const go = (step: number): void => {
    const next = shown[shown.indexOf(place.image) + step];
    if (next !== undefined) {
      setMoving(false);
      tell("");
      store.images.view({ ...place, image: next });
    }
  };
  const save = (): void => {
    const { index, field } = place;
    store.bridge.request("saveImage", { index, field, image: place.image }).then(
      ({ saved }) => tell(saved ? "Image saved" : ""),
      (error: unknown) => tell(RequestError.problemOf(error).message),
    );
  };
  const copy = (blob: Blob): void => {
    copyImage(blob).then(
      () => tell("Image copied"),
      () => tell("The image couldn't be copied"),
    );
  };
  const onKey = (event: KeyboardEvent): void => {
    // The page's own keys don't count meanwhile; Escape is the dialog's.
    event.stopPropagation();
    const keys: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => go(-1),
      ArrowRight: () => go(1),
      z: () => setFitted(!isFitted),
    };
    const deed = Object.hasOwn(keys, event.key) && !(event.ctrlKey || event.metaKey || event.altKey) && keys[event.key];
    if (deed && (shown.length > 1 || event.key === "z")) {
      event.preventDefault();
      deed();
    }
  };
  return (
    <dialog
      class="viewer"
      ref={dialog}
      aria-labelledby="viewer-title"
      onClose={() => store.images.view(null)}
      onKeyDown={onKey}
    >
      <div class="viewer-frame">
        <header class="viewer-head">
          <h2 id="viewer-title" aria-live="polite">
            {name}
          </h2>
          <p class="viewer-told" role="status">
            {told}
          </p>
          {shown.length > 1 && (
            <>
              <Deed words="Previous image (←)" icon="previous" onClick={() => go(-1)} />
              <Deed words="Next image (→)" icon="next" onClick={() => go(1)} />
            </>
          )}
          {image.isAnimated && prefersStillness() && (
            <button type="button" class="text-button" aria-pressed={isMoving} onClick={() => setMoving(!isMoving)}>
              {isMoving ? "Stop" : "Play"}
            </button>
          )}
          <button type="button" class="text-button" onClick={() => setFitted(!isFitted)}>
            {isFitted ? "Actual size" : "Fit"}
          </button>
          {canCopyImages() && state.kind === "shown" && (
            <button type="button" class="text-button" onClick={() => copy(state.blob)}>
              Copy image
            </button>
          )}
          <button type="button" class="text-button" onClick={save}>
            Save image as…
          </button>
          <Deed words="Close" icon="close" onClick={() => dialog.current?.close()} />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard */}
        <div class={isFitted ? "viewer-stage viewer-fitted" : "viewer-stage"} tabIndex={0}>
          <Picture store={store} place={place} image={image} name={name} mayMove={isMoving} />
        </div>
      </div>
    </dialog>
  );
}

interface DeedProps {
  readonly words: string;
  readonly icon: "previous" | "next" | "close";
  readonly onClick: () => void;
}

function Deed({ words, icon, onClick }: DeedProps) {
  return (
    <button type="button" class="icon-button" aria-label={words} title={words} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
