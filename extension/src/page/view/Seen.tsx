/** A transcript's text within a line of ours: what nobody would see in it is marked. */

import { hasUnseen, piecesOf, type Reading } from "../text/unseen";

export function Seen({ text, reading = "code" }: { text: string; reading?: Reading }) {
  if (!hasUnseen(text, reading)) {
    return <>{text}</>;
  }
  return (
    <>
      {piecesOf(text, reading).map(({ text: own, sign }, position) =>
        sign === "" ? (
          own
        ) : (
          <span key={position} class="unseen" data-sign={sign}>
            {own}
          </span>
        ),
      )}
    </>
  );
}
