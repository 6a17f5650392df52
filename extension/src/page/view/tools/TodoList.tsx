/** A to-do list as it stood, each item with its state in words for those who don't see the signs. */

import type { Todo } from "../../tools/todos";
import { Seen } from "../Seen";

const WORDS = { done: "Done", active: "In progress", open: "Open", dropped: "Dropped" } as const;
const SIGNS = { done: "✓", active: "●", open: "○", dropped: "✕" } as const;

export function TodoList({ todos }: { todos: readonly Todo[] }) {
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
        </li>
      ))}
    </ul>
  );
}
