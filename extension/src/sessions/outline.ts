/** This workspace's rows as they follow each other when all is unfolded, and the groups that they stand in. Pure. */

import { agentName } from "../host/agents";
import type { Member } from "./family";
import { idOf } from "./model";

export interface Line {
  /** The ids on the way to it: another place is another path. */
  readonly path: string;
  readonly member: Member;
  readonly isNested: boolean;
}

export interface Group {
  readonly harness: string;
  readonly members: readonly Member[];
}

/** By the agents' names: groups never change places. */
export function groupsOf(members: readonly Member[]): Group[] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const { harness } = member.session;
    const group = groups.get(harness) ?? [];
    groups.set(harness, group);
    group.push(member);
  }
  return [...groups]
    .map(([harness, itsMembers]) => ({ harness, members: itsMembers }))
    .sort((a, b) => agentName(a.harness).localeCompare(agentName(b.harness)) || (a.harness < b.harness ? -1 : 1));
}

export function linesOf(members: readonly Member[], isGrouped: boolean): Line[] {
  return isGrouped
    ? groupsOf(members).flatMap((group) => below(`${group.harness}>`, group.members))
    : below("", members);
}

function below(path: string, members: readonly Member[], isNested = false): Line[] {
  return members.flatMap((member) => {
    const own = path + idOf(member.session);
    return [{ path: own, member, isNested }, ...below(`${own}>`, member.children, true)];
  });
}
