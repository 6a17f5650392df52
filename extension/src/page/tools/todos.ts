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
  const single = list.length === 0 && textIn(fields, "subject") !== "" ? [fields] : [];
  return [...list, ...single]
    .map((item) => ({
      text: textIn(item, "content", "step", "title", "subject", "description", "text", "task", "activeForm"),
      state: stateOf(item),
    }))
    .filter((todo) => todo.text !== "");
}

/** A list in a result's text: of agents that answer with the whole of it. */
export function todosInResult(text: string): readonly Todo[] {
  return todosIn(fieldsOf(text) ?? {});
}

/** Told in one line: `2 of 5 done`. */
export function todoProgress(todos: readonly Todo[]): string {
  return `${todos.filter((todo) => todo.state === "done").length} of ${todos.length} done`;
}

function stateOf(item: Fields): TodoState {
  const said = textIn(item, "status", "state").toLowerCase();
  return Object.hasOwn(STATES, said) ? (STATES[said] ?? "open") : item["completed"] === true ? "done" : "open";
}
