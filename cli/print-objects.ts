import { Document, visit } from "yaml";
import { type RenderedObject } from "./form-rendering";

/** What Go reads as a number and YAML 1.1 does not. */
const goInteger = /^[-+]?0[obx]/i;

/** The objects as YAML that kubectl reads, each with a line on where it comes from. */
export function printObjects(objects: readonly RenderedObject[]): string {
  return objects
    .map(({ form, id, wave, object }) => `---\n# form ${form}, resource ${id}, wave ${wave}\n${print(object)}`)
    .join("");
}

function print({ apiVersion, kind, metadata, ...rest }: RenderedObject["object"]): string {
  // YAML 1.1 quotes what kubectl's parser would take for something else than text: "yes", "0644".
  const document = new Document(
    { apiVersion, kind, metadata, ...rest },
    { version: "1.1", aliasDuplicateObjects: false },
  );
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && goInteger.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}
