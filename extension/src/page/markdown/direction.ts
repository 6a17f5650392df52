/** Which way a quote, a list or a table runs: the browser can't tell where its paragraphs tell their own. */

/** As much of a token of the parser's as this needs. */
interface Token {
  readonly type: string;
  readonly level: number;
  readonly content: string;
}

/** Of a task: no word of it. */
const BOX = /^\[[xX]\]/;
const LETTER = /\p{L}/u;
const TO_THE_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** By the first letter in it. */
export function directionOf(tokens: readonly Token[], opening: number): "ltr" | "rtl" {
  const level = tokens[opening]?.level ?? 0;
  for (let index = opening + 1; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || (token.level <= level && token.type !== "inline")) {
      break;
    }
    const letter = token.type === "inline" ? LETTER.exec(token.content.replace(BOX, ""))?.[0] : undefined;
    if (letter !== undefined) {
      return TO_THE_LEFT.test(letter) ? "rtl" : "ltr";
    }
  }
  return "ltr";
}
