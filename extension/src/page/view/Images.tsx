/** The images of an event as small pictures, each in a box of its own shape before it is there; a click shows it large. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { EventImage, ReplayEvent } from "../../protocol/messages";
import { plural } from "../format";
import type { EventPlace } from "../store/eventPlace";
import { type ImagePlace, imageKey } from "../store/images";
import type { ReplayStore } from "../store/replayStore";
import { imageName, whyNotShown } from "../text/imageWords";
import { Icon } from "./Icon";
import { Picture } from "./Picture";

interface Props {
  readonly store: ReplayStore;
  readonly place: EventPlace;
  readonly event: ReplayEvent;
}

/** The most room that a small picture takes, in pixels. */
const MAX_HEIGHT = 240;
const MAX_WIDTH = 480;
/** The least, so that it can be seen and pressed. */
const MIN_SIDE = 28;

export function Images({ store, place, event }: Props) {
  const { images, toldImages } = event;
  const rest = images - toldImages.length;
  return (
    <div class="images">
      {toldImages.map((image, number) =>
        image.problem === null ? (
          <Small
            key={number}
            store={store}
            place={{ ...place, image: number }}
            image={image}
            name={imageName(image, number, images)}
          />
        ) : (
          <p key={number} class="image-absent">
            <Icon name="image" />
            {`${imageName(image, number, images)}: ${whyNotShown(image)}`}
          </p>
        ),
      )}
      {rest > 0 && <p class="image-absent">{`${plural(rest, "more image", "more images")} in the raw line`}</p>}
    </div>
  );
}

interface SmallProps {
  readonly store: ReplayStore;
  readonly place: ImagePlace;
  readonly image: EventImage;
  readonly name: string;
}

function Small({ store, place, image, name }: SmallProps) {
  const button = useRef<HTMLButtonElement>(null);
  const { width, height } = image;
  useLayoutEffect(() => {
    const scale = Math.min(1, MAX_HEIGHT / height, MAX_WIDTH / width);
    const style = button.current?.style;
    style?.setProperty("width", `${Math.max(MIN_SIDE, Math.round(width * scale))}px`);
    style?.setProperty("aspect-ratio", `${Math.max(width * scale, MIN_SIDE)} / ${Math.max(height * scale, MIN_SIDE)}`);
  }, [width, height]);
  return (
    <button
      type="button"
      class="image"
      ref={button}
      data-image={imageKey(place)}
      aria-label={name}
      aria-haspopup="dialog"
      title={name}
      onClick={() => store.images.view(place)}
    >
      <Picture store={store} place={place} image={image} name={name} />
    </button>
  );
}
