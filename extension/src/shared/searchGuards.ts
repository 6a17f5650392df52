/** Checks of what crosses between page and host about finding things. */

import type {
  ReplayFilter,
  ReplayFilterResult,
  ReplayJumpResult,
  ReplaySearchResult,
  ReplaySubAgentsResult,
  SearchHit,
  SearchPlace,
  SubAgent,
} from "../protocol/messages";
import type { FilterRequest, JumpRequest, SearchRequest } from "./messages";
import { isBoolean, isCount, isString, listOf, oneOf, orAbsent, orNull, shape } from "./shape";

const MAX_QUERY_CHARS = 10_000;

/** As it is kept over a reload: earlier versions had no filter by one sub-agent. */
export type SavedFilter = Required<Omit<ReplayFilter, "agent">> & Pick<ReplayFilter, "agent">;

const isPlace = shape<SearchPlace>({ index: isCount, field: isCount, offset: isCount, inOutput: isBoolean });

const FILTER = {
  hiddenKinds: listOf(
    oneOf(
      ...(["prompt", "reply", "thinking", "toolCall", "toolResult"] as const),
      ...(["system", "compaction", "subAgent", "error", "opaque"] as const),
    ),
  ),
  tools: listOf(isString),
  path: orNull(isString),
  errorsOnly: isBoolean,
  agents: oneOf("all", "main", "sub"),
};

const isFilter = shape<Required<ReplayFilter>>({ ...FILTER, agent: orNull(isString) });

export const isSavedFilter = shape<SavedFilter>({ ...FILTER, agent: orAbsent(orNull(isString)) });

const isQuery = (value: unknown): value is string => isString(value) && value.length <= MAX_QUERY_CHARS;

export const isSearchRequest = shape<SearchRequest>({
  query: isQuery,
  isRegex: isBoolean,
  matchCase: isBoolean,
  start: isPlace,
  filter: orNull(isFilter),
});

export const isFilterRequest = shape<FilterRequest>({ filter: isFilter, start: isCount });

export const isSearchResult = shape<ReplaySearchResult>({
  hits: listOf(
    shape<SearchHit>({ index: isCount, field: isCount, start: isCount, length: isCount, inOutput: isBoolean }),
  ),
  next: isPlace,
  isComplete: isBoolean,
  problem: orNull(isString),
  unsearched: listOf(isCount),
});

export const isFilterResult = shape<ReplayFilterResult>({ start: isCount, until: isCount, runs: listOf(isCount) });

export const isSubAgents = shape<ReplaySubAgentsResult>({
  agents: listOf(
    shape<SubAgent>({ key: isString, name: isString, task: isString, index: isCount, isInside: isBoolean }),
  ),
  agentCount: isCount,
  isComplete: isBoolean,
});

export const isJumpRequest = shape<JumpRequest>({
  wanted: oneOf("prompt", "turn", "error", "edit"),
  start: isCount,
  direction: oneOf("forward", "back"),
  filter: orNull(isFilter),
});

export const isJumpResult = shape<ReplayJumpResult>({ index: orNull(isCount), isComplete: isBoolean });
