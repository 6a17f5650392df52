/** What each turn cost, as bars: at most a hundred of them, however many turns there are. */

import { formatCompact, formatCount } from "../../format";
import type { Bar, Turns } from "../../store/turns";

const MOST_BARS = 100;
const HEIGHT = 48;
/** A turn that cost anything can be seen. */
const LEAST_HEIGHT = 1.5;

interface Props {
  readonly turns: Turns;
  /** The number of the turn where the reader is. */
  readonly at: number | undefined;
  readonly onGo: (index: number) => void;
}

export function TokenChart({ turns, at, onGo }: Props) {
  const bars = turns.bars(MOST_BARS);
  const most = bars.reduce((max, { tokens }) => Math.max(max, tokens), 0);
  if (most === 0) {
    return null;
  }
  const dearest = bars.find(({ tokens }) => tokens === most);
  const width = bars.length;
  const onClick = (event: MouseEvent & { currentTarget: SVGSVGElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const bar = bars[Math.floor(((event.clientX - box.left) / box.width) * width)];
    const turn = bar && turns.all[bar.first];
    if (turn !== undefined) {
      onGo(turn.line);
    }
  };
  return (
    // The outline leads to the same places by keyboard.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Tokens of ${named(bars[0])} to ${named(bars.at(-1))}; most in ${named(dearest)}: ${formatCount(most)}`}
      onClick={onClick}
    >
      {bars.map((bar, number) => {
        const height = bar.tokens === 0 ? 0 : Math.max(LEAST_HEIGHT, (bar.tokens / most) * HEIGHT);
        const isCurrent = at !== undefined && bar.first <= at && at <= bar.last;
        return (
          <g key={bar.first} class={isCurrent ? "bar bar-current" : "bar"}>
            <title>{`${named(bar)}: ${formatCompact(bar.tokens)} tokens`}</title>
            <rect class="bar-ground" x={number} y={0} width={1} height={HEIGHT} />
            <rect class="bar-value" x={number + 0.1} y={HEIGHT - height} width={0.8} height={height} />
          </g>
        );
      })}
    </svg>
  );
}

function named(bar: Bar | undefined): string {
  if (bar === undefined) {
    return "";
  }
  return bar.first === bar.last
    ? `turn ${formatCount(bar.first + 1)}`
    : `turns ${formatCount(bar.first + 1)} to ${formatCount(bar.last + 1)}`;
}
