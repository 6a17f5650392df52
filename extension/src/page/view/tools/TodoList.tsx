/** A to-do list as it stood, each item with its state in words for those who don't see the signs. */

import { changesSince, type Todo, type TodoChange } from "../../tools/todos";
import { Seen } from "../Seen";

const WORDS = { done: "Done", active: "In progress", open: "Open", dropped: "Dropped" } as const;
const SIGNS = { done: "✓", active: "●", open: "○", dropped: "✕" } as const;

const CHANGES: Readonly<Record<TodoChange, string>> = {
  ...{ new: "new", started: "started", done: "done now", dropped: "dropped", reopened: "open again" },
};

/** `before`: the list that this one takes the place of. */
export function TodoList({ todos, before = [] }: { todos: readonly Todo[]; before?: readonly Todo[] }) {
  const changes = changesSince(before, todos);
  return (
    <ul class="todos">
      {todos.map((todo, position) => (
        <li key={position} class={`todo todo-${todo.state}`}>
          <span class="todo-sign" aria-hidden="true">
            {SIGNS[todo.state]}
          </span>
          <span class="visually-hidden">{WORDS[todo.state]}: </span>
          <span dir="auto">
            <Seen text={todo.text} reading="prose" />
          </span>
          {changes[position] !== undefined && <span class="todo-change">{CHANGES[changes[position]]}</span>}
        </li>
      ))}
    </ul>
  );
}
