import { type CompiledResource } from "./compile";

/** Names of the variables that the templates of a resource read. */
export function variablesOf({ name, namespace, includeWhen, labels, annotations, body }: CompiledResource): string[] {
  const names: string[] = [];
  const add = (template: CompiledResource["name"] | undefined) => {
    for (const read of template?.analysis.variables ?? []) names.push(read.name);
  };
  for (const template of [name, namespace, includeWhen]) add(template);
  for (const [, template] of [...labels, ...annotations]) add(template);
  const open = body.map(([, part]) => part);
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === "template") add(part.template);
    else if (part.kind === "list") open.push(...part.items);
    else if (part.kind === "object") open.push(...part.fields.map(([, field]) => field));
  }
  return names;
}
