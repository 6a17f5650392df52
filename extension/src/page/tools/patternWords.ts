/**
 * The words of a pattern, to be marked in what it found. The pattern itself is never run here: it is a transcript's, and
 * may take for ever.
 */

/** Shorter ones would be marked everywhere. */
const SHORTEST = 2;
const MOST_WORDS = 20;
/** After a backslash these stand for something else than themselves. */
const CLASSES = /[A-Za-z0-9]/;
/** How groups begin that do more than group. */
const GROUP_SIGNS = /\(\?(?:[:=!>]|<[=!]|P?<\w+>|\w+\))/g;

export function patternWords(expression: string): readonly string[] {
  const pattern = expression.replace(GROUP_SIGNS, "(");
  const words: string[] = [];
  let word = "";
  const end = (): void => {
    if (word.length >= SHORTEST) {
      words.push(word);
    }
    word = "";
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] ?? "";
    if (sign === "\\") {
      at += 1;
      const escaped = pattern[at] ?? "";
      if (CLASSES.test(escaped)) {
        end();
      } else {
        word += escaped;
      }
    } else if (sign === "[") {
      end();
      const close = pattern.indexOf("]", at + 2);
      at = close < 0 ? pattern.length : close;
    } else if ("*?{".includes(sign)) {
      // What stands before it may be missing.
      word = word.slice(0, -1);
      end();
    } else if (".+()}^$|".includes(sign)) {
      end();
    } else {
      word += sign;
    }
  }
  end();
  return [...new Set(words)].slice(0, MOST_WORDS);
}

export interface MarkedPiece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** A line in pieces, those marked that are one of the words, in any case. */
export function markedPieces(line: string, words: readonly string[]): readonly MarkedPiece[] {
  if (words.length === 0) {
    return [{ text: line, isMarked: false }];
  }
  const literal = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return line
    .split(new RegExp(`(${literal.join("|")})`, "gi"))
    .map((text, position) => ({ text, isMarked: position % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
