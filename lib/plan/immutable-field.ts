/**
 * How the API server says that a field cannot be changed once it is set (apimachinery validation, ValidateImmutableField; apps and batch validation;
 * `self == oldSelf` rules of a CRD usually say it, too).
 */
const WORDS =
  /field is immutable|is immutable|may not be changed once set|updates to \w+ spec for fields other than|cannot be changed after creation/i;

/** Whether a refusal of a change is about what can only be had by another object. */
export function isImmutableRefusal(status: number, serverMessage: string): boolean {
  return status === 422 && WORDS.test(serverMessage);
}
