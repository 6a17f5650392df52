/** What the session adds up to, in a few figures; the rest is in their tooltip. */

import type { StatisticsResult } from "../../shared/messages";
import { formatCompact, formatCount, plural } from "../format";
import { spelledOut } from "../text/unseen";
import { Icon } from "./Icon";

export function Numbers({ told }: { told: StatisticsResult }) {
  const { statistics, isComplete } = told;
  const of = (kind: string): number => statistics.events.find((count) => count.name === kind)?.count ?? 0;
  const prompts = of("prompt");
  const calls = statistics.tools.reduce((sum, tool) => sum + tool.count, 0);
  const { tokens } = statistics;
  return (
    <>
      {prompts > 0 && <li>{plural(prompts, "prompt", "prompts")}</li>}
      {calls > 0 && <li title={toolsText(statistics)}>{plural(calls, "tool call", "tool calls")}</li>}
      {tokens.total > 0 && (
        <li title={tokensText(statistics)}>
          {formatCompact(tokens.total)} tokens
          {!isComplete && "…"}
        </li>
      )}
      {of("error") > 0 && (
        <li>
          <Icon name="error" />
          {plural(of("error"), "error", "errors")}
        </li>
      )}
    </>
  );
}

function toolsText({ tools }: StatisticsResult["statistics"]): string {
  return tools.map((tool) => `${spelledOut(tool.name)}: ${formatCount(tool.count)}`).join("\n");
}

function tokensText({ tokens, models }: StatisticsResult["statistics"]): string {
  const lines = [
    `Input: ${formatCount(tokens.input)}`,
    `Read from cache: ${formatCount(tokens.cacheRead)}`,
    `Written to cache: ${formatCount(tokens.cacheWrite)}`,
    `Output: ${formatCount(tokens.output)}`,
  ];
  if (tokens.reasoning > 0) {
    lines.push(`Of the output, thinking: ${formatCount(tokens.reasoning)}`);
  }
  const named = models.filter((each) => each.model !== "");
  return [...lines, ...named.map((each) => `${spelledOut(each.model)}: ${formatCount(each.tokens.total)}`)].join("\n");
}
