/** A tool's input: its arguments one by one when it is an object, else as it is. */

import { useMemo } from "preact/hooks";
import { fieldsOf, others } from "../tools/fields";
import { Seen } from "./Seen";
import { Arguments } from "./tools/Arguments";

export function JsonText({ value, isWhole }: { value: string; isWhole: boolean }) {
  const args = useMemo(() => {
    const fields = isWhole ? fieldsOf(value) : undefined;
    return fields && others(fields, []);
  }, [value, isWhole]);
  if (args === undefined) {
    return (
      <pre class="plain" dir="auto">
        <Seen text={value} />
      </pre>
    );
  }
  return args.length === 0 ? <p class="no-arguments">No arguments</p> : <Arguments args={args} />;
}
