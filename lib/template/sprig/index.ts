import { certificates } from "./certificates";
import { dates } from "./dates";
import { defaults } from "./defaults";
import type { Family, SprigFunction } from "./definition";
import { dicts } from "./dicts";
import { disabled } from "./disabled";
import { encoding } from "./encoding";
import { hashes } from "./hashes";
import { letterCase } from "./letter-case";
import { lists } from "./lists";
import { numbers } from "./numbers";
import { passwords } from "./passwords";
import { paths } from "./paths";
import { random } from "./random";
import { reflection } from "./reflection";
import { regexes } from "./regexes";
import { strings } from "./strings";
import { substrings } from "./substrings";
import { urls } from "./urls";
import { versions } from "./versions";

export { toValidText } from "./bytes";

const families: readonly Family[] = [
  strings,
  letterCase,
  substrings,
  defaults,
  lists,
  dicts,
  numbers,
  dates,
  encoding,
  reflection,
  paths,
  urls,
  regexes,
  versions,
  hashes,
  passwords,
  random,
  certificates,
  disabled,
];

/** Sprig 3.3: every name of its TxtFuncMap, with Go's argument order (the piped value comes last). */
export const sprigFunctions: ReadonlyMap<string, SprigFunction> = new Map(
  families.flatMap(family => Object.entries(family)),
);
