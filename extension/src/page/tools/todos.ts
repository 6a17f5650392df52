/** To-do lists and plans of steps, as each agent keeps them. */

import { type Fields, fieldsOf, objectsIn, textIn } from "./fields";

export type TodoState = "done" | "active" | "open" | "dropped";

export interface Todo {
  readonly text: string;
  readonly state: TodoState;
}

const STATES: Readonly<Record<string, TodoState>> = {
  ...{ completed: "done", complete: "done", done: "done", checked: "done" },
  ...{ in_progress: "active", "in-progress": "active", active: "active", doing: "active", started: "active" },
  ...{ cancelled: "dropped", canceled: "dropped", deleted: "dropped", skipped: "dropped", failed: "dropped" },
};

/** Empty when there is no list in the arguments. */
export function todosIn(fields: Fields): readonly Todo[] {
  const list = objectsIn(fields, "todos", "plan", "todoList", "items", "tasks", "steps");
  const isOne =
    textIn(fields, "subject") !== "" || (textIn(fields, "taskId") !== "" && textIn(fields, "status") !== "");
  const single = list.length === 0 && isOne ? [fields] : [];
  return [...list, ...single]
    .map((item) => ({
      text:
        textIn(item, "content", "step", "title", "subject", "description", "text", "task", "activeForm") ||
        taskIn(item),
      state: stateOf(item),
    }))
    .filter((todo) => todo.text !== "");
}

/** Of a task that is named by its number only. */
function taskIn(item: Fields): string {
  const id = textIn(item, "taskId");
  return id === "" ? "" : `Task ${id}`;
}

/** What became of an item since the list before. */
export type TodoChange = "new" | "started" | "done" | "dropped" | "reopened";

/** By position; undefined where nothing did. Without a list before all would be new, which says nothing. */
export function changesSince(before: readonly Todo[], todos: readonly Todo[]): readonly (TodoChange | undefined)[] {
  const states = new Map(before.map(({ text, state }) => [text, state]));
  return todos.map(({ text, state }) => {
    const was = states.get(text);
    if (before.length === 0 || was === state) {
      return undefined;
    }
    return state === "open" ? (was === undefined ? "new" : "reopened") : state === "active" ? "started" : state;
  });
}

/** Gemini CLI's: `1. [in_progress] Mend it`. */
const NUMBERED = /^\d+\. \[([a-z_]+)\] (.+)$/gm;

/** A list in a result's text: of agents that answer with the whole of it. */
export function todosInResult(text: string): readonly Todo[] {
  return text.startsWith("{")
    ? todosIn(fieldsOf(text) ?? {})
    : [...text.matchAll(NUMBERED)].map(([, status = "", told = ""]) => ({ text: told, state: stateOf({ status }) }));
}

/** Told in one line: `2 of 5 done`. */
export function todoProgress(todos: readonly Todo[]): string {
  return `${todos.filter((todo) => todo.state === "done").length} of ${todos.length} done`;
}

function stateOf(item: Fields): TodoState {
  const said = textIn(item, "status", "state").toLowerCase();
  return Object.hasOwn(STATES, said) ? (STATES[said] ?? "open") : item["completed"] === true ? "done" : "open";
}
