/** What the session adds up to, and what of it until the place that is read. */

import type { ComponentChildren } from "preact";
import type { StatisticsResult } from "../../../shared/messages";
import { formatBytes, formatCompact, formatCount, formatDuration, formatMoment, isTime } from "../../format";
import type { SidePanelStore } from "../../store/sidePanel";
import { spelledOut } from "../../text/unseen";
import { Seen } from "../Seen";
import { TokenChart } from "./TokenChart";

/** More tools than this are rarely looked at one by one. */
const MOST_TOOLS = 30;

interface Props {
  readonly panel: SidePanelStore;
  readonly told: StatisticsResult | undefined;
  /** Of playing all of it; 0 while that isn't known. */
  readonly playedMs: number;
  readonly place: number;
  readonly onGo: (index: number) => void;
}

export function Figures({ panel, told, playedMs, place, onGo }: Props) {
  if (told === undefined) {
    return <p class="panel-empty">Reading…</p>;
  }
  const { turns } = panel;
  const at = turns.at(place);
  const { statistics, isComplete, images, imageBytes } = told;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within reach of the keyboard
    <section class="panel-scroll" tabIndex={0} aria-label="Numbers">
      {!isComplete && <p class="panel-note">Still counting: {formatCount(statistics.lines)} records so far</p>}
      {turns.all.length > 0 && (
        <Section title="Until here">
          <UntilHere panel={panel} at={at} total={statistics.tokens.total} />
          <TokenChart turns={turns} at={at} onGo={onGo} />
        </Section>
      )}
      {statistics.tokens.total > 0 && (
        <Section title="Tokens">
          <Tokens statistics={statistics} />
        </Section>
      )}
      <Section title="Time">
        <Time statistics={statistics} playedMs={playedMs} />
      </Section>
      {images > 0 && (
        <Section title="Images">
          <Images images={images} imageBytes={imageBytes} />
        </Section>
      )}
      {statistics.tools.length > 0 && (
        <Section title="Tools">
          <Bars entries={statistics.tools.slice(0, MOST_TOOLS).map(({ name, count }) => ({ name, amount: count }))} />
          {statistics.tools.length > MOST_TOOLS && (
            <p class="panel-note">and {formatCount(statistics.tools.length - MOST_TOOLS)} more</p>
          )}
        </Section>
      )}
      {statistics.models.some(({ model }) => model !== "") && (
        <Section title="Models">
          <Bars
            entries={statistics.models.map(({ model, tokens }) => ({
              name: model || "not told",
              amount: tokens.total,
            }))}
            unit="tokens"
          />
        </Section>
      )}
    </section>
  );
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="figures">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function UntilHere({ panel, at, total }: { panel: SidePanelStore; at: number | undefined; total: number }) {
  const { turns, turnList } = panel;
  const spent = at === undefined ? 0 : turns.spentUntil(at);
  const turn = at === undefined ? undefined : turns.all[at];
  const isSplit = turns.spentUntil(turns.all.length - 1) > 0;
  return (
    <>
      <p class="figures-lead">
        Turn {formatCount((at ?? -1) + 1)} of {formatCount(turns.all.length)}
        {total > 0 && isSplit && ` · ${formatCompact(spent)} of ${formatCompact(Math.max(total, spent))} tokens`}
      </p>
      {total > 0 && !isSplit && turnList.isComplete && (
        <p class="panel-note">{formatCompact(total)} tokens in all; the session doesn't tell them turn by turn</p>
      )}
      {turn !== undefined && turn.tokens.total > 0 && (
        <p class="panel-note">{formatCompact(turn.tokens.total)} tokens in this turn</p>
      )}
    </>
  );
}

function Tokens({ statistics }: { statistics: StatisticsResult["statistics"] }) {
  const { input, cacheRead, cacheWrite, output, reasoning, total } = statistics.tokens;
  const lines: readonly (readonly [string, number])[] = [
    ["Input", input],
    ["Read from cache", cacheRead],
    ["Written to cache", cacheWrite],
    ["Output", output],
    ["Of it thinking", reasoning],
    ["In all", total],
  ];
  return (
    <dl class="figures-list">
      {lines
        .filter(([, count]) => count > 0)
        .map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
    </dl>
  );
}

function Time({ statistics, playedMs }: { statistics: StatisticsResult["statistics"]; playedMs: number }) {
  const { firstAtMs, lastAtMs } = statistics;
  return (
    <dl class="figures-list">
      {isTime(firstAtMs) && (
        <div>
          <dt>Began</dt>
          <dd>{formatMoment(firstAtMs)}</dd>
        </div>
      )}
      {isTime(firstAtMs) && isTime(lastAtMs) && lastAtMs >= firstAtMs && (
        <div>
          <dt>Took</dt>
          <dd>{formatDuration(lastAtMs - firstAtMs)}</dd>
        </div>
      )}
      {playedMs > 0 && (
        <div>
          <dt>Is played in</dt>
          <dd>{formatDuration(playedMs)}</dd>
        </div>
      )}
    </dl>
  );
}

function Images({ images, imageBytes }: Pick<StatisticsResult, "images" | "imageBytes">) {
  return (
    <dl class="figures-list">
      <div>
        <dt>In all</dt>
        <dd>{formatCount(images)}</dd>
      </div>
      {imageBytes > 0 && (
        <div>
          <dt>Size, about</dt>
          <dd>{formatBytes(imageBytes)}</dd>
        </div>
      )}
    </dl>
  );
}

function Bars({ entries, unit = "" }: { entries: readonly { name: string; amount: number }[]; unit?: string }) {
  const most = entries.reduce((max, { amount }) => Math.max(max, amount), 1);
  return (
    <ul class="figures-bars">
      {entries.map(({ name, amount }) => (
        <li key={name}>
          <span class="figures-bar-name" title={spelledOut(name)}>
            <bdi>
              <Seen text={name} />
            </bdi>
          </span>
          <span>
            {unit === "" ? formatCount(amount) : formatCompact(amount)}
            {unit !== "" && <span class="visually-hidden"> {unit}</span>}
          </span>
          <svg class="figures-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect width={(amount / most) * 100} height={1} />
          </svg>
        </li>
      ))}
    </ul>
  );
}
