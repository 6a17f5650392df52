/** What is being read: the session's title, where it comes from, and whether it still grows. */

import { AGENTS } from "../../protocol/agents";
import type { Density, SessionInfo, Snapshot, StatisticsResult } from "../../shared/messages";
import { formatBytes, plural } from "../format";
import { ACTIVITY_NAMES, type AgentStatus } from "../store/agentStatus";
import type { Finding } from "../store/finding";
import { spelledOut } from "../text/unseen";
import { DensityButton } from "./DensityButton";
import { FindingButtons } from "./Finding";
import { Icon } from "./Icon";
import { Numbers } from "./Numbers";

const AGENT_NAMES = new Map(AGENTS.map(({ id, label }) => [id, label]));

export interface HeaderProps {
  readonly snapshot: Snapshot;
  readonly told: StatisticsResult | undefined;
  /** `undefined` while it isn't known. */
  readonly agent: AgentStatus | undefined;
  readonly finding: Finding;
  readonly isPanelOpen: boolean;
  readonly onPanel: () => void;
  readonly onHelp: () => void;
  readonly onParent: () => void;
  readonly density: Density;
  readonly onDensity: () => void;
}

export function Header({
  snapshot,
  told,
  agent,
  finding,
  isPanelOpen,
  onPanel,
  onHelp,
  onParent,
  density,
  onDensity,
}: HeaderProps) {
  const { info, target } = snapshot;
  const title = spelledOut(info?.title || target.title);
  const harness = info?.harness || target.harness;
  return (
    <header class="header">
      <div class="header-text">
        <h1 class="title" dir="auto" title={title}>
          {title}
        </h1>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what its items tell in tooltips has to be within reach of the keyboard */}
        <ul class="facts" tabIndex={0} data-tells="" aria-label="About this session">
          {harness !== "" && <li>{AGENT_NAMES.get(harness) ?? spelledOut(harness)}</li>}
          {harness === "" && info !== null && (
            <li
              class="fact-problem"
              title="No agent that Session Mirror knows wrote this file: its lines are shown as they are"
            >
              <Icon name="info" />
              No known transcript
            </li>
          )}
          {info?.parentId != null && (
            <li>
              <button type="button" class="text-button" onClick={onParent}>
                Open parent session
              </button>
            </li>
          )}
          {info !== null && <Facts info={info} />}
          {told !== undefined && <Numbers told={told} />}
        </ul>
      </div>
      <LiveBadge snapshot={snapshot} />
      {agent !== undefined && snapshot.phase === "open" && <AgentBadge agent={agent} />}
      {(info?.recordCount ?? 0) > 0 && (
        <>
          <FindingButtons finding={finding} />
          <DensityButton density={density} onPress={onDensity} />
          <button
            type="button"
            class="icon-button"
            title="Outline, numbers, files (b)"
            aria-label="Outline, numbers and files"
            aria-expanded={isPanelOpen}
            onClick={onPanel}
          >
            <Icon name="panel" />
          </button>
        </>
      )}
      <button type="button" class="icon-button" title="Keys (?)" aria-label="Show keys" onClick={onHelp}>
        <Icon name="keyboard" />
      </button>
    </header>
  );
}

function Facts({ info }: { info: SessionInfo }) {
  return (
    <>
      {info.origin === "disk" ? (
        <li title={info.cwd === null ? undefined : spelledOut(info.cwd)}>
          <Icon name="disk" />
          From disk
        </li>
      ) : (
        <li title={info.cwd === null ? undefined : spelledOut(info.cwd)}>
          <Icon name="bucket" />
          From the bucket
        </li>
      )}
      <Standing info={info} />
      {info.redacted && (
        <li title="Secrets were replaced by placeholders before this was stored">
          <Icon name="shield" />
          Redacted
        </li>
      )}
      {info.problem !== null && (
        <li class="fact-problem" title={spelledOut(`${info.problem.message} ${info.problem.hint}`)}>
          <Icon name="error" />
          Incomplete
        </li>
      )}
      <li>{plural(info.recordCount, "record", "records")}</li>
      <li class="fact-size">{formatBytes(info.totalBytes)}</li>
      {info.missingBytes > 0 && (
        <li title={`${formatBytes(info.missingBytes)} are still on their way; what is here can be read`}>
          {`${Math.floor((100 * (info.totalBytes - info.missingBytes)) / info.totalBytes)} % loaded`}
        </li>
      )}
    </>
  );
}

/** Where it stands, in the words of the session tree. */
function Standing({ info }: { info: SessionInfo }) {
  switch (info.standing) {
    case "current":
      return null;
    case "earlier":
      return <li title="The transcript was rewritten afterwards; this is what was mirrored until then">Rewritten</li>;
    case "otherMachine":
      return (
        <li>
          <span>
            Mirrored by <bdi>{spelledOut(info.machine ?? "another machine")}</bdi>
          </span>
        </li>
      );
    case "onlyInBucket":
      return <li title="The transcript is no longer on this machine">Only in your bucket</li>;
  }
}

function AgentBadge({ agent }: { agent: AgentStatus }) {
  return (
    <span class={`badge badge-${agent.activity}`} title={agent.because}>
      {ACTIVITY_NAMES[agent.activity]}
    </span>
  );
}

function LiveBadge({ snapshot }: { snapshot: Snapshot }) {
  if (snapshot.phase === "opening" && snapshot.info !== null) {
    return <span class="badge">Reconnecting…</span>;
  }
  return snapshot.phase === "open" && snapshot.info?.isLive ? (
    <span class="badge badge-live" title="The session is being written; what is new appears at its end">
      <span class="live-dot" aria-hidden="true" />
      Live
    </span>
  ) : null;
}
