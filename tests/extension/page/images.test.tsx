// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Bridge } from "../../../extension/src/page/bridge";
import { ImageStore } from "../../../extension/src/page/store/images";
import { ReplayStore } from "../../../extension/src/page/store/replayStore";
import {
  imageName,
  imagesInLine,
  imageToken,
  whyNotShown,
  withImages,
} from "../../../extension/src/page/text/imageWords";
import { App } from "../../../extension/src/page/view/App";
import type { EventImage, ReplayImageResult } from "../../../extension/src/protocol/messages";
import { isImageRequest, isImageResult } from "../../../extension/src/shared/imageGuards";
import type { ImageRequest, Snapshot } from "../../../extension/src/shared/messages";
import { waitFor } from "../support/waitFor";
import { event, record } from "./records";

const text = (value: string) => ({ value, totalChars: value.length });

function image(change: Partial<EventImage> = {}): EventImage {
  return {
    ...{ mediaType: "image/png", sizeBytes: 85_000, width: 1200, height: 800, isAnimated: false, problem: null },
    ...change,
  };
}

const page = (value: string, offset = 0, totalChars = value.length): ReplayImageResult => ({
  ...{ offset, value, totalChars, mediaType: "image/png" as const },
});

let urls: Map<string, Blob>;
let revoked: string[];

beforeEach(() => {
  urls = new Map();
  revoked = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
    const url = `blob:${urls.size}`;
    urls.set(url, blob as Blob);
    return url;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => {
    revoked.push(url);
  });
});

afterEach(() => vi.restoreAllMocks());

describe("the store of images", () => {
  interface Asked {
    readonly params: ImageRequest;
    readonly answer: (page: ReplayImageResult) => void;
    readonly refuse: () => void;
  }
  let asked: Asked[];
  let store: ImageStore;
  const at = (number: number) => ({ index: number, field: 0, image: 0 });

  beforeEach(() => {
    asked = [];
    store = new ImageStore(
      (params) =>
        new Promise((resolve, reject) => asked.push({ params, answer: resolve, refuse: () => reject(new Error()) })),
      () => undefined,
    );
  });

  async function loaded(number: number): Promise<void> {
    const own = await waitFor("it is asked for", () => asked.find(({ params }) => params.index === number));
    own.answer(page("AAAA"));
    await waitFor("it is shown", () => store.get(at(number)).kind === "shown");
  }

  test("asks for two at a time, in the order in which they came into sight", async () => {
    for (const number of [0, 1, 2, 3]) {
      store.draw(at(number), image());
    }
    expect(asked.map(({ params }) => params.index)).toEqual([0, 1]);
    asked[1]?.answer(page("AAAA"));
    await waitFor("the next is asked for", () => asked.length === 3);
    asked[0]?.refuse();
    await waitFor("and the last", () => asked.length === 4);
    expect(asked.map(({ params }) => params.index)).toEqual([0, 1, 2, 3]);
    expect(store.get(at(0)).kind).toBe("failed");
  });

  test("doesn't ask for what went out of sight before its turn, nor for the rest of it", async () => {
    const leave = [0, 1, 2, 3].map((number) => store.draw(at(number), image()));
    leave[2]?.();
    leave[0]?.();
    asked[0]?.answer(page("AAAA", 0, 8));
    await waitFor("the next is asked for", () => asked.length === 3);
    expect(asked.map(({ params }) => params.index)).toEqual([0, 1, 3]);
    expect(urls.size).toBe(0);
  });

  test("puts the pages of an image together", async () => {
    store.draw(at(7), image());
    asked[0]?.answer(page("AQID", 0, 8));
    await waitFor("the rest is asked for", () => asked.length === 2);
    expect(asked[1]?.params).toMatchObject({ index: 7, offset: 4 });
    asked[1]?.answer(page("BAU=", 4, 8));
    await waitFor("it is shown", () => store.get(at(7)).kind === "shown");
    const [blob] = urls.values();
    expect([...new Uint8Array((await blob?.arrayBuffer()) ?? [])]).toEqual([1, 2, 3, 4, 5]);
    expect(blob?.type).toBe("image/png");
  });

  test("lets go of those longest out of sight when there are many bytes, never of one in sight", async () => {
    const large = image({ sizeBytes: 20_000_000 });
    store.draw(at(0), large);
    await loaded(0);
    const leave = store.draw(at(1), large);
    await loaded(1);
    leave();
    expect(revoked).toEqual([]);
    store.draw(at(2), large);
    await loaded(2);
    expect(revoked).toEqual(["blob:1"]);
    expect(store.get(at(0)).kind).toBe("shown");
    store.draw(at(3), large);
    await loaded(3);
    expect(revoked).toEqual(["blob:1"]);
  });

  test("lets go of the oldest when there are many", async () => {
    for (let number = 0; number < 70; number += 1) {
      const leave = store.draw(at(number), image({ sizeBytes: 3 }));
      await loaded(number);
      leave();
    }
    expect(revoked).toEqual(["blob:0", "blob:1", "blob:2", "blob:3", "blob:4", "blob:5"]);
  });

  test("lets go of all when positions mean something else, also of what comes too late", async () => {
    store.draw(at(0), image());
    await loaded(0);
    store.draw(at(1), image());
    store.clear();
    expect(revoked).toEqual(["blob:0"]);
    asked[1]?.answer(page("AAAA"));
    await waitFor("it was thrown away", () => revoked.length === urls.size);
    expect(store.get(at(1)).kind).toBe("loading");
  });
});

describe("the words for images", () => {
  test("name an image by what is known of it", () => {
    expect(imageName(image(), 0, 2)).toBe("Image 1 of 2, PNG, 1200 × 800, 85 KB");
    expect(imageName(image({ mediaType: "", width: 0, height: 0, sizeBytes: 0 }), 0, 1)).toBe("Image");
    expect(imageToken(image({ mediaType: "image/webp" }))).toBe("[image WebP 1200x800]");
    expect(imageToken(image({ mediaType: "image/svg+xml", width: 0, height: 0 }))).toBe("[image SVG]");
  });

  test("say why one isn't shown, and nothing of one that is", () => {
    const problems = ["remote", "file", "missing", "format", "redacted", "damaged", "tooLarge"] as const;
    expect(new Set(problems.map((problem) => whyNotShown(image({ problem })))).size).toBe(problems.length);
    expect(whyNotShown(image())).toBe("");
  });

  test("stand for images in one line and in copies", () => {
    expect(imagesInLine(event())).toBe("");
    expect(imagesInLine(event({ images: 1, toldImages: [image()] }))).toBe("[image PNG 1200x800]");
    expect(imagesInLine(event({ images: 30, toldImages: [image()] }))).toBe("[30 images]");
    expect(withImages("see", event())).toBe("see");
    expect(withImages("see", event({ images: 3, toldImages: [image(), image({ width: 0 })] }))).toBe(
      "see\n\n[image PNG 1200x800]\n[image PNG]\n[1 more image]",
    );
    expect(withImages("", event({ images: 1, toldImages: [image()] }))).toBe("[image PNG 1200x800]");
  });
});

describe("the guards of images", () => {
  test("let only known kinds of images, base64 and sizes through", () => {
    expect(isImageResult(page("AAAA"))).toBe(true);
    expect(isImageResult({ ...page("AAAA"), mediaType: "image/svg+xml" })).toBe(false);
    expect(isImageResult({ ...page("AAAA"), mediaType: "image/png\n" })).toBe(false);
    expect(isImageResult(page("<svg>"))).toBe(false);
    expect(isImageResult(page("AAAA", 0, 50_000_000))).toBe(false);
    expect(isImageRequest({ index: 0, field: 0, image: -1, offset: 0 })).toBe(false);
  });
});

const OPEN: Snapshot = {
  target: { harness: "claude-code", sessionId: "s1", title: "My session", origin: "auto" },
  ...{ phase: "open", opening: 1, edition: 1, problem: null, progress: "" },
  info: {
    ...{ title: "My session", origin: "disk", cwd: null, recordCount: 2, analysedCount: 2, totalBytes: 2048 },
    ...{ missingBytes: 0, isLive: false, redacted: true, problem: null, standing: "current", machine: null },
    ...{ harness: "claude-code", parentId: null },
  },
};

describe("the page", () => {
  const prompt = event({
    kind: "prompt",
    text: text("What is on these?"),
    images: 4,
    toldImages: [image(), image({ problem: "remote", width: 0, sizeBytes: 0 }), image({ width: 20_00, height: 10 })],
  });
  const tool = { callId: "1", name: "Read", target: "shot.png", action: "read" as const, paths: [] };
  const records = [
    record(0, [prompt]),
    record(1, [event({ kind: "toolResult", tool, text: text(""), images: 1, toldImages: [image()] })]),
  ];
  let posted: { type: string; clientId: string; id?: number; method?: string; params?: Record<string, number> }[];
  let root: HTMLElement;
  let store: ReplayStore;
  let isHeld: boolean;

  beforeEach(async () => {
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(800);
    posted = [];
    isHeld = true;
    vi.stubGlobal("acquireVsCodeApi", () => ({
      getState: () => undefined,
      setState: () => undefined,
      postMessage: (message: (typeof posted)[number]) => {
        posted.push(message);
        if (message.type === "request" && !(message.method === "image" && isHeld)) {
          answer(message);
        }
      },
    }));
    root = document.body.appendChild(document.createElement("div"));
    const bridge = new Bridge(
      (snapshot) => store.receive(snapshot),
      () => store.saveNow(),
    );
    store = new ReplayStore(bridge);
    render(<App store={store} />, root);
    bridge.ready();
    hear({ type: "snapshot", clientId: posted[0]?.clientId, snapshot: OPEN });
    await waitFor("the events are drawn", () => find('[data-event="1:0"]'));
  });

  afterEach(() => {
    render(null, root);
    root.remove();
  });

  function answer({ clientId, id, method, params }: (typeof posted)[number]): void {
    const start = params?.["start"] ?? 0;
    const results: Record<string, unknown> = {
      window: { start, records: records.slice(start), recordCount: records.length },
      image: page("AAAA"),
      saveImage: { saved: true },
    };
    hear({ type: "response", clientId, id, ok: true, result: results[method ?? ""] });
  }

  function hear(message: unknown): void {
    dispatchEvent(new MessageEvent("message", { data: message, source: null }));
  }

  function find(selector: string): HTMLElement | undefined {
    return root.querySelector<HTMLElement>(selector) ?? undefined;
  }

  function release(): void {
    isHeld = false;
    posted.filter(({ method }) => method === "image").forEach(answer);
  }

  test("a box has its shape before the image is there, and keeps it", async () => {
    const box = await waitFor("its box", () => find('[data-image="0:0:0"]'));
    const shape = box.getAttribute("style");
    expect(box.style.width).toBe("360px");
    expect(box.style.getPropertyValue("aspect-ratio")).toBe("360 / 240");
    expect(box.querySelector("img")).toBeNull();
    release();
    const shown = await waitFor("the image", () => box.querySelector("img") ?? undefined);
    expect(shown.getAttribute("alt")).toBe("Image 1 of 4, PNG, 1200 × 800, 85 KB");
    expect(shown.getAttribute("src")).toMatch(/^blob:/);
    expect(box.getAttribute("style")).toBe(shape);
  });

  test("what isn't shown says why, and what isn't told of is counted", () => {
    const notes = [...root.querySelectorAll('[data-event="0:0"] .image-absent')].map((note) => note.textContent);
    expect(notes).toEqual([
      "Image 2 of 4, PNG: not loaded: the session has only its address",
      "1 more image in the raw line",
    ]);
  });

  test("an image of a folded event is a few words, and asked for once it is opened", async () => {
    release();
    expect(find('[data-event="1:0"]')?.textContent).toContain("[image PNG 1200x800]");
    expect(find('[data-event="1:0"] .image')).toBeUndefined();
    find('[data-event="1:0"] [data-fold]')?.click();
    await waitFor("the image", () => find('[data-event="1:0"] .image img'));
    expect(posted.at(-1)).toMatchObject({ method: "image", params: { index: 1, field: 0, image: 0, offset: 0 } });
  });

  test("one that is looked at large gives way to its neighbours by key, and closes", async () => {
    release();
    find('[data-image="0:0:0"]')?.click();
    const dialog = await waitFor("the large one", () => find("dialog.viewer"));
    await waitFor("its image", () => dialog.querySelector("img") ?? undefined);
    expect(dialog.querySelector("h2")?.textContent).toBe("Image 1 of 4, PNG, 1200 × 800, 85 KB");
    press(dialog, "ArrowLeft");
    press(dialog, "ArrowRight");
    await waitFor("the next one that can be shown", () =>
      dialog.querySelector("h2")?.textContent?.startsWith("Image 3 of 4"),
    );
    press(dialog, "z");
    await waitFor("its own size", () => dialog.querySelector(".viewer-stage:not(.viewer-fitted)") ?? undefined);
    expect(store.playback.player.isPlaying).toBe(false);
    dialog.querySelector<HTMLElement>("[aria-label='Close']")?.click();
    await waitFor("it is gone", () => find("dialog.viewer") === undefined);
  });

  test("saving is the editor's business: it is told a place, no name", async () => {
    find('[data-image="0:0:2"]')?.click();
    const dialog = await waitFor("the large one", () => find("dialog.viewer"));
    [...dialog.querySelectorAll("button")].find((button) => button.textContent === "Save image as…")?.click();
    expect(posted.at(-1)).toMatchObject({ method: "saveImage", params: { index: 0, field: 0, image: 2 } });
    isHeld = false;
    await waitFor("it says so", () => dialog.querySelector("[role='status']")?.textContent === "Image saved");
  });

  test("bytes that are no picture are told of in their box", async () => {
    release();
    const shown = await waitFor("the image", () => find('[data-image="0:0:0"] img'));
    shown.dispatchEvent(new Event("error"));
    await waitFor("words", () => find('[data-image="0:0:0"]')?.textContent === "The image can't be read");
  });

  test("an animation stands still for who wants little motion", async () => {
    document.body.classList.add("vscode-reduce-motion");
    vi.stubGlobal("createImageBitmap", () => new Promise(() => undefined));
    const moving = record(0, [event({ kind: "prompt", images: 1, toldImages: [image({ isAnimated: true })] })]);
    records[0] = moving;
    try {
      hear({ ...posted[0], type: "snapshot", snapshot: { ...store.snapshot, edition: 2 } });
      release();
      await waitFor("its first frame", () => find('[data-event="0:0"] .image canvas'));
      find('[data-image="0:0:0"]')?.click();
      const dialog = await waitFor("the large one", () => find("dialog.viewer"));
      await waitFor("its first frame", () => dialog.querySelector("canvas") ?? undefined);
      [...dialog.querySelectorAll("button")].find((button) => button.textContent === "Play")?.click();
      await waitFor("the moving one", () => dialog.querySelector("img") ?? undefined);
    } finally {
      records[0] = record(0, [prompt]);
      document.body.classList.remove("vscode-reduce-motion");
    }
  });

  function press(target: Element, key: string): void {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
});
