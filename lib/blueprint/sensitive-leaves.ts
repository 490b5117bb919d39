import { type CompiledBody } from "./body";
import { type CompiledResource } from "./compile";
import { type Location } from "./json-path";
import { readsSensitive, type RenderContext } from "./render";

/** Places in the rendered object that a sensitive value has a part in. */
export function sensitiveLeaves(resource: CompiledResource, context: RenderContext): Location[] {
  const found: Location[] = [];
  const walk = (body: CompiledBody, location: Location): void => {
    switch (body.kind) {
      case "literal":
        return;
      case "template":
        if (readsSensitive(body.template, context)) found.push(location);
        return;
      case "list":
        body.items.forEach((item, index) => {
          walk(item, [...location, index]);
        });
        return;
      case "object":
        for (const [key, field] of body.fields) walk(field, [...location, key]);
    }
  };
  for (const [key, body] of resource.body) walk(body, [key]);
  return found;
}
