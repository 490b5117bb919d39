/** Longest uid that can become part of a name and be told from others (the longest name of an object). */
const LONGEST = 253;

/** Why a uid cannot stand for a node; undefined when it can. */
export function uidProblem(uid: string): string | undefined {
  if (uid === "") return "the uid is empty";
  if (uid.length > LONGEST) return `the uid has ${uid.length} characters, more than ${LONGEST}`;
  if (/[\p{Cc}\u2028\u2029]/u.test(uid)) return "the uid has control characters or line breaks";
  if (uid.trim() !== uid) return "the uid begins or ends with white space";
  if (!/[a-z0-9]/.test(uid.toLowerCase())) return "the uid has no letter a-z or digit that a name could be made of";
  return undefined;
}
