/** Reads the generated declarations, as far as the generator's own dialect goes, and checks JSON values against them. */

interface Field {
  readonly type: string;
  readonly optional: boolean;
}

export class Declarations {
  private readonly aliases = new Map<string, string>();
  private readonly interfaces = new Map<string, ReadonlyMap<string, Field>>();

  constructor(source: string) {
    for (const [, name = "", type = ""] of source.matchAll(/^export type (\w+) = (.+);$/gm)) {
      this.aliases.set(name, type);
    }
    for (const [, name = "", body = ""] of source.matchAll(/^export interface (\w+) \{\n([^}]*?)^\}$/gm)) {
      const fields = new Map<string, Field>();
      for (const [, field = "", optional, type = ""] of body.matchAll(/^ {2}readonly (\w+)(\?)?: (.+);$/gm)) {
        fields.set(field, { type, optional: optional !== undefined });
      }
      this.interfaces.set(name, fields);
    }
  }

  /** What is wrong with a value of a declared type, each with its path; empty when nothing is. */
  complaints(type: string, value: unknown, path = "$"): string[] {
    const alias = this.aliases.get(type);
    if (alias !== undefined) {
      return this.complaints(alias, value, path);
    }
    const list = /^readonly (?:\((.+)\)|([\w]+))\[\]$/.exec(type);
    if (list !== null) {
      const item = list[1] ?? list[2] ?? "";
      return Array.isArray(value)
        ? value.flatMap((entry: unknown, index) => this.complaints(item, entry, `${path}[${index}]`))
        : [`${path}: no list`];
    }
    const choices = type.split(" | ");
    if (choices.length > 1) {
      const tried = choices.map((choice) => this.complaints(choice, value, path));
      return tried.some((found) => found.length === 0)
        ? []
        : (tried.find((found) => found.length > 1) ?? [`${path}: no ${type}`]);
    }
    const fields = this.interfaces.get(type);
    return fields === undefined ? scalarComplaints(type, value, path) : this.fieldComplaints(fields, value, path);
  }

  private fieldComplaints(fields: ReadonlyMap<string, Field>, value: unknown, path: string): string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [`${path}: no object`];
    }
    const given = new Map(Object.entries(value));
    const strangers = [...given.keys()]
      .filter((name) => !fields.has(name))
      .map((name) => `${path}.${name}: not declared`);
    const wrong = [...fields].flatMap(([name, { type, optional }]) => {
      if (!given.has(name)) {
        return optional ? [] : [`${path}.${name}: missing`];
      }
      return this.complaints(type, given.get(name), `${path}.${name}`);
    });
    return [...strangers, ...wrong];
  }
}

function scalarComplaints(type: string, value: unknown, path: string): string[] {
  const fits =
    type === "null" ? value === null : type.startsWith('"') ? value === JSON.parse(type) : isScalar(type, value);
  return fits ? [] : [`${path}: no ${type}`];
}

function isScalar(type: string, value: unknown): boolean {
  if (type !== "string" && type !== "number" && type !== "boolean") {
    throw new Error(`the generator wrote a type that this reader does not know: ${type}`);
  }
  return typeof value === type;
}
