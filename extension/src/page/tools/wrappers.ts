/** What agents put around a tool's answer for their model alone. */

/** As tags around all of it; some have a word of caution below the first. */
const WRAPPED = /^\s*<(tool_use_error|untrusted_context|untrusted_tool_result)(?: [^>\n]*)?>\n?([\s\S]*?)\n?<\/\1>\s*$/;
const CAUTION = /^The following content was retrieved from an external source\.[^\n]*\n+/;
const TAGS = /^(?:\s*<\/?[A-Za-z][\w.:-]*(?: [^>]*)?>)+|(?:<\/[A-Za-z][\w.:-]*>\s*)+$/g;

/** The answer itself. */
export function unwrapped(text: string): string {
  return WRAPPED.exec(text)?.[2]?.replace(CAUTION, "") ?? text;
}

/** The first line that says something beside the tags it stands in. */
export function firstUntagged(text: string): string {
  for (const line of text.split("\n", 20)) {
    const said = line.replace(TAGS, "").trim();
    if (said !== "") {
      return said;
    }
  }
  return "";
}
