import { SHORT_HASH_LENGTH, shortHash } from "./short-hash";

/** Longest value of a label (apimachinery, LabelValueMaxLength). */
const LONGEST = 63;
/** apimachinery, IsValidLabelValue. */
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * A legal label value that stands for the text: the text itself where it is legal, otherwise its readable start and a
 * hash of all of it. Different texts get different values, unless one was made to look like the other's hash.
 */
export function labelValue(text: string): string {
  if (text.length <= LONGEST && LABEL_VALUE.test(text)) return text;
  const readable = text
    .replace(/[^-A-Za-z0-9_.]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, LONGEST - SHORT_HASH_LENGTH - 1)
    .replace(/[^A-Za-z0-9]+$/, "");
  return readable === "" ? shortHash(text) : `${readable}-${shortHash(text)}`;
}
