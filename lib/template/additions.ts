import { hash } from "node:crypto";
import { toHost } from "./to-host";
import { bytesOf, textOf } from "./sprig/bytes";
import { decodeJson } from "./sprig/json-decoder";
import { typeName } from "./sprig/kinds";
import { toBool, toFloat, toInt } from "./conversion";
import { FunctionError, type GoValue, type TemplateFunction } from "./value";
import { fromYaml, toYaml } from "./yaml";

/** What Lynq adds to Sprig, with the results that users know from it (docs/templates.md). */

function ofText(call: (text: string) => GoValue): TemplateFunction {
  return {
    minArguments: 1,
    maxArguments: 1,
    parameters: ["string"],
    call: ([text = null]) => {
      if (typeof text === "string") return call(text);
      throw new FunctionError(`wrong type for value; expected string; got ${typeName(text)}`);
    },
  };
}

function ofValue(call: TemplateFunction["call"]): TemplateFunction {
  return { minArguments: 1, maxArguments: 1, parameters: ["any"], call };
}

/** The first 63 bytes: the length of a Kubernetes name. May cut a character in two and may end with `-`. */
function trunc63(text: string): string {
  const bytes = bytesOf(text);
  return bytes.length <= 63 ? text : textOf(bytes.subarray(0, 63));
}

export const additions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["toHost", ofText(toHost)],
  ["trunc63", ofText(trunc63)],
  ["sha1sum", ofText(text => hash("sha1", bytesOf(text)))],
  [
    "fromJson",
    ofText(text => {
      const { value, problem } = decodeJson(text);
      return problem === undefined ? value : new Map();
    }),
  ],
  ["toYaml", ofValue(([value = null], context) => toYaml(value, context))],
  ["fromYaml", ofText(fromYaml)],
  ["int", ofValue(([value = null]) => toInt(value))],
  ["float", ofValue(([value = null]) => toFloat(value))],
  ["bool", ofValue(([value = null]) => toBool(value))],
]);
