/** A text as its format says: Markdown, arguments, or as it is. */

import type { ReplayEvent } from "../../protocol/messages";
import { JsonText } from "./JsonText";
import { Markdown } from "./Markdown";
import { Seen } from "./Seen";

export function FormattedText(props: { value: string; format: ReplayEvent["format"]; isWhole: boolean }) {
  if (props.value === "") {
    return null;
  }
  switch (props.format) {
    case "markdown":
      return <Markdown source={props.value} />;
    case "json":
      return <JsonText value={props.value} isWhole={props.isWhole} />;
    case "plain":
      return (
        <pre class="plain" dir="auto">
          <Seen text={props.value} reading="prose" />
        </pre>
      );
  }
}
