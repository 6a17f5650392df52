/** What stands below a text that was cut. */

import { formatCount } from "../format";

interface Props {
  readonly chars: number;
  readonly totalChars: number;
  readonly loading: boolean;
  readonly error: string;
  readonly onMore: () => void;
}

export function MoreText({ chars, totalChars, loading, error, onMore }: Props) {
  return (
    <div class="more">
      <button type="button" class="text-button" aria-disabled={loading} onClick={onMore}>
        {loading ? "Loading…" : error === "" ? "Show more" : "Try again"}
      </button>
      <span class="more-count">
        {formatCount(chars)} of {formatCount(totalChars)} characters
      </span>
      {error !== "" && (
        <span class="more-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
