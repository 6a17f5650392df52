/** Task lists: items that begin with `[ ]` or `[x]` get a box for a bullet. */

/** As much of a token of the parser's as this needs. */
interface Token {
  readonly type: string;
  readonly children: readonly { readonly type: string; content: string }[] | null;
  attrJoin(name: string, value: string): void;
}

const BOX = /^\[([ xX])\](?=\s)/;

export function markTasks(tokens: readonly Token[]): void {
  for (const [position, item] of tokens.entries()) {
    const [paragraph, inline] = [tokens[position + 1], tokens[position + 2]];
    const first = inline?.children?.[0];
    if (item.type !== "list_item_open" || paragraph?.type !== "paragraph_open" || first?.type !== "text") {
      continue;
    }
    const sign = BOX.exec(first.content)?.[1];
    if (sign !== undefined) {
      first.content = first.content.replace(BOX, sign === " " ? "☐" : "☑");
      item.attrJoin("class", "task");
    }
  }
}
