/** One image once its bytes are there; until then a quiet box, and words where they don't come. */

import { useEffect, useRef } from "preact/hooks";
import type { EventImage } from "../../protocol/messages";
import { prefersStillness } from "../stillness";
import { type ImagePlace, imageKey } from "../store/images";
import type { ReplayStore } from "../store/replayStore";

interface Props {
  readonly store: ReplayStore;
  readonly place: ImagePlace;
  readonly image: EventImage;
  readonly name: string;
  /** Moves even for who wants little motion: they asked for it. */
  readonly mayMove?: boolean;
}

export function Picture({ store, place, image, name, mayMove = false }: Props) {
  const key = imageKey(place);
  useEffect(() => store.images.draw(place, image), [store, key]);
  const state = store.images.get(place);
  if (state.kind === "failed") {
    return <span class="image-failed">{state.why}</span>;
  }
  if (state.kind === "loading") {
    return null;
  }
  return image.isAnimated && !mayMove && prefersStillness() ? (
    <FirstFrame blob={state.blob} name={name} />
  ) : (
    <img
      src={state.url}
      alt={name}
      width={image.width}
      height={image.height}
      draggable={false}
      onError={() => store.images.fail(place)}
    />
  );
}

function FirstFrame({ blob, name }: { readonly blob: Blob; readonly name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    const draw = (frame: ImageBitmap): void => {
      if (canvas.current !== null && !isGone) {
        canvas.current.width = frame.width;
        canvas.current.height = frame.height;
        canvas.current.getContext("2d")?.drawImage(frame, 0, 0);
      }
      frame.close();
    };
    createImageBitmap(blob).then(draw, () => undefined);
    return () => {
      isGone = true;
    };
  }, [blob]);
  return <canvas ref={canvas} role="img" aria-label={name} />;
}
