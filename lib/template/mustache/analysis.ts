import { type TemplateAnalysis, type VariableRead } from "../analysis";
import { Positions } from "../position";
import { type MustacheNode } from "./parser";

/** What a Mustache template reads. A variable is guarded inside a section of its name, which is left out when it is missing. */
export function analyseMustache(nodes: readonly MustacheNode[], source: string): TemplateAnalysis {
  const variables: VariableRead[] = [];
  const positions = new Positions(source);
  let readsWholeData = false;
  const read = (name: string, offset: number, guarded: boolean) => {
    const [variable = name] = name.split(".");
    variables.push({ name: variable, guarded, ...positions.at(offset) });
  };
  const walk = (each: readonly MustacheNode[], present: ReadonlySet<string>, isNested: boolean) => {
    for (const node of each) {
      if (node.kind === "text") continue;
      if (node.name === ".") readsWholeData ||= !isNested;
      else if (node.kind === "variable") read(node.name, node.offset, present.has(node.name));
      else read(node.name, node.offset, true);
      if (node.kind === "section") walk(node.body, new Set([...present, node.name]), true);
      else if (node.kind === "inverted") walk(node.body, present, isNested);
    }
  };
  walk(nodes, new Set(), false);
  return { variables, readsWholeData, functions: [], nonDeterministic: false };
}
