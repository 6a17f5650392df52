/** Which events a row shows: those of its record, below its calls the results that stand apart, or the line of a group. */

import type { EventPlace } from "./eventPlace";
import type { ReplayStore } from "./replayStore";
import { HEAD_FIELD } from "./work";

export function placesAt(store: Pick<ReplayStore, "reading" | "record">, index: number): readonly EventPlace[] {
  const { work, answers } = store.reading;
  const record = store.record(index);
  const group = work.groupOf(index);
  const head: readonly EventPlace[] = group === undefined ? [] : [{ index, field: HEAD_FIELD }];
  if (group !== undefined && !work.isOpen(group)) {
    return head;
  }
  if (record === undefined) {
    return [...head, { index, field: 0 }];
  }
  const places = record.events.flatMap((event): readonly EventPlace[] => {
    const answer = answers.below(record, event);
    const own = { index, field: event.field };
    return answer === undefined ? [own] : [own, { index: answer.record.index, field: answer.event.field }];
  });
  return [...head, ...places];
}
