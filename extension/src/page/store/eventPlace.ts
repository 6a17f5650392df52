/** Where an event is: its record, and its position among that record's events. */

export interface EventPlace {
  readonly index: number;
  readonly field: number;
}

export function foldKey(place: EventPlace): string {
  return `${place.index}:${place.field}`;
}

/** Hits of an event: those in its text, and those in its output that is kept beside the session. */
export function hitsKey(place: EventPlace, inOutput: boolean): string {
  return inOutput ? `${foldKey(place)}:output` : foldKey(place);
}

export function textKey(place: EventPlace): string {
  return `text:${place.index}:${place.field}`;
}

export function outputKey(name: string): string {
  return `output:${name}`;
}

export function rawKey(index: number): string {
  return `raw:${index}`;
}
