/** Where an event is: its record, and its position among that record's events. */

export interface EventPlace {
  readonly index: number;
  readonly field: number;
}

export function foldKey(place: EventPlace): string {
  return `${place.index}:${place.field}`;
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
