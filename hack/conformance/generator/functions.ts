import { defaultFunctions } from "../../../lib/template";
import { builtins } from "../../../lib/template/builtins";
import { sprigFunctions } from "../../../lib/template/sprig";

/** A function as the generator calls it: Go's types of its parameters and of its result. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Type of further arguments. */
  readonly rest: string | undefined;
  readonly result: string;
  /** The least and the most arguments. */
  readonly least: number;
  readonly most: number;
}

/** Results of functions that have no declared one. */
const results: ReadonlyMap<string, string> = new Map(
  Object.entries({
    and: "any",
    or: "any",
    index: "any",
    slice: "any",
    len: "int",
    not: "bool",
    eq: "bool",
    ne: "bool",
    lt: "bool",
    le: "bool",
    gt: "bool",
    ge: "bool",
    int: "int",
    fromYaml: "dict",
  }),
);

/** Two calls differ, or they take long, ask the machine, or are ours alone: these have cases of their own. */
const leftOut: ReadonlySet<string> = new Set(
  "env expandenv getHostByName derivePassword genPrivateKey call keys values toHost trunc63 float bool".split(" "),
);

/** Their integers decide how much is made: Go has no bounds, so they are kept small. */
const hungry: ReadonlySet<string> = new Set("repeat until untilStep seq indent nindent".split(" "));

/** What their texts and values mostly are, so that they do more than fail, or do what is a known difference. */
const special: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    fromJson: ["json"],
    mustFromJson: ["json"],
    fromYaml: ["yaml"],
    date: ["layout", "moment"],
    dateInZone: ["layout", "moment", "zone"],
    date_in_zone: ["layout", "moment", "zone"],
    htmlDate: ["moment"],
    htmlDateInZone: ["moment", "zone"],
    toDate: ["layout", "instant"],
    mustToDate: ["layout", "instant"],
    semver: ["version"],
    semverCompare: ["constraint", "version"],
    b64dec: ["base64"],
    urlParse: ["url"],
    toDecimal: ["octal"],
    atoi: ["digits"],
    duration: ["digits"],
    int: ["decimal"],
    // Nothing that may hold the map itself: printing a map in itself ends Go's whole process.
    set: ["dict", "string", "scalar"],
    merge: ["dict", "fresh"],
    mustMerge: ["dict", "fresh"],
    mergeOverwrite: ["dict", "fresh"],
    mustMergeOverwrite: ["dict", "fresh"],
  }),
);

const typeNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "interface {}": "any",
    "map[string]interface {}": "dict",
    "map[string]string": "dict",
    "[]interface {}": "list",
    "[]string": "list",
    "[]int": "list",
    "[][]interface {}": "list",
  }),
);

function signature(name: string): Signature {
  const definition = sprigFunctions.get(name) ?? builtins.get(name) ?? defaultFunctions().get(name);
  const result = sprigFunctions.get(name)?.result ?? results.get(name) ?? "string";
  const { parameters = [], rest, minArguments: least = 0, maxArguments: most = 0 } = definition ?? {};
  const padded = [...parameters, ...Array.from({ length: Math.max(0, least - parameters.length) }, () => "any")];
  const small = (type: string) => (type === "int" && hungry.has(name) ? "small" : type);
  return {
    name,
    parameters: special.get(name) ?? padded.map(small),
    rest: rest === undefined ? undefined : /merge/i.test(name) ? "fresh" : small(rest),
    result: typeNames.get(result) ?? result,
    least,
    most,
  };
}

/** Every function whose result the arguments decide. */
export const signatures: readonly Signature[] = [...defaultFunctions()]
  .filter(([name, { nonDeterministic }]) => nonDeterministic !== true && !leftOut.has(name))
  .map(([name]) => signature(name));

const byResult = new Map<string, Signature[]>();
for (const each of signatures) byResult.set(each.result, [...(byResult.get(each.result) ?? []), each]);

/** Functions with a result of this type. */
export const functionsWith = (result: string): readonly Signature[] =>
  result === "any" ? signatures : (byResult.get(result) ?? []);
