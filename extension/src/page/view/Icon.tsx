/** The few signs of the page, drawn on a grid of 16. They always stand beside words, so they are hidden from readers. */

const PATHS = {
  prompt: "M8 8.2a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.8 13.5c.6-2.3 2.6-3.6 5.2-3.6s4.6 1.3 5.2 3.6",
  reply: "M8 2.2l1.5 4.3L13.8 8l-4.3 1.5L8 13.8 6.5 9.5 2.2 8l4.3-1.5Z",
  thinking: "M3.5 8a4.5 4.5 0 1 1 2.7 4.1L3.5 12.8l.8-2.4A4.5 4.5 0 0 1 3.5 8ZM6 8h.01M8 8h.01M10 8h.01",
  tool: "M13.4 4.9 11 7.3 8.7 5l2.4-2.4a3.6 3.6 0 0 0-4.7 4.7l-4 4a1.45 1.45 0 0 0 2.3 2.3l4-4a3.6 3.6 0 0 0 4.7-4.7Z",
  shell: "M2.5 3.5h11v9h-11zM4.8 6.3l2 1.7-2 1.7M8.3 10h2.9",
  file: "M4 2h5l3.2 3.2V14H4ZM9 2v3.2h3.2M6 8.3h4.3M6 10.8h4.3",
  edit: "M10.8 2.8l2.4 2.4L6 12.4l-3.2.8.8-3.2ZM9 4.6 11.4 7",
  checklist: "M2.5 4.3l1.2 1.2L6 3.2M2.5 11l1.2 1.2L6 9.9M8.3 4.5h5.2M8.3 11.2h5.2",
  globe:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c2 1.7 2.6 3.7 2.6 6S10 12.3 8 14M8 2C6 3.7 5.4 5.7 5.4 8S6 12.3 8 14",
  image: "M2.5 3h11v10h-11zM2.5 11l3.2-3.3 2.5 2.5 2-1.8 3.3 3M10.3 6h.01",
  question:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4C6.3 5.3 7 4.7 8 4.7s1.8.6 1.8 1.6C9.8 7.5 8 7.6 8 9M8 11.2h.01",
  result: "M4.5 3v4.5a2 2 0 0 0 2 2h5M9 7l2.5 2.5L9 12",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.3V11M8 5h.01",
  compaction: "M2.5 8h11M8 1.8v3.7M6.3 4 8 5.7 9.7 4M8 14.2v-3.7M6.3 12 8 10.3 9.7 12",
  agent:
    "M4.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM11.5 7.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM4.5 5.5v5M11.5 7.5c0 2-7 1-7 3",
  error: "M8 2 14.3 13.3H1.7ZM8 6.5v3M8 11.5h.01",
  opaque:
    "M5.5 3C4 3 4.5 5 4.3 6.3 4.2 7.3 3.5 8 2.8 8c.7 0 1.4.7 1.5 1.7C4.5 11 4 13 5.5 13M10.5 3c1.5 0 1 2 1.2 3.3.1 1 .8 1.7 1.5 1.7-.7 0-1.4.7-1.5 1.7-.2 1.3.3 3.3-1.2 3.3",
  chevron: "M6 3.8 10.2 8 6 12.2",
  down: "M8 3v9.5M4.3 9 8 12.7 11.7 9",
  disk: "M3 3.5h10v9H3zM3 9.5h10M11 11h.01",
  bucket: "M2.5 4.3h11L12.2 13H3.8ZM2.5 4.3C3.2 3 5.4 2.5 8 2.5s4.8.5 5.5 1.8",
  shield: "M8 2l5 1.8v3.9c0 3-2.1 5.2-5 6.3-2.9-1.1-5-3.3-5-6.3V3.8Z",
  keyboard: "M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.8 7h.01M5 9.3h6",
  menu: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  panel: "M2 3h12v10H2zM10 3v10M4.3 6h3.2M4.3 8.5h3.2",
  close: "M4 4l8 8M12 4l-8 8",
  search: "M6.8 11.2a4.4 4.4 0 1 0 0-8.8 4.4 4.4 0 0 0 0 8.8ZM10 10l3.6 3.6",
  filter: "M2.5 4h11M4.7 8h6.6M6.8 12h2.4",
  up: "M8 13V3.5M4.3 7 8 3.3 11.7 7",
  play: "M4.5 3 13 8l-8.5 5Z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  previous: "M12 4 6.5 8 12 12ZM4 4v8",
  next: "M4 4 9.5 8 4 12ZM12 4v8",
  slower: "M4 8h8",
  faster: "M4 8h8M8 4v8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
