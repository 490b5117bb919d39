import { SHORT_HASH_LENGTH, shortHash } from "./short-hash";

/** Longest name of an object (apimachinery, DNS1123SubdomainMaxLength). */
const LONGEST = 253;
/** Longest name that we make up: legal as a label's value and as every kind's name. */
const LONGEST_HASHED = 63;
/** apimachinery, IsDNS1123Subdomain: the rule for names of custom resources. */
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LOOKS_HASHED = new RegExp(`(?:^|-)[0-9a-f]{${SHORT_HASH_LENGTH}}$`);

/**
 * Name of the LynqNode of a row and a form: `<uid>-<form>`, as the Go operator names it, where that is legal and means
 * no other row of another form in the namespace; otherwise a readable start and a hash of both. Different pairs get
 * different names.
 *
 * A form that is added later can make a name ambiguous: find the node that exists by its uid and form, and use this
 * for the names of new ones.
 *
 * @param otherForms names of the forms of the namespace; `form` itself may be among them
 */
export function nodeName(uid: string, form: string, otherForms: Iterable<string>): string {
  const plain = `${uid}-${form}`;
  if (isLegal(plain) && !isAmbiguous(plain, form, otherForms)) return plain;
  const readable = plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, LONGEST_HASHED - SHORT_HASH_LENGTH - 1)
    .replace(/-$/, "");
  const hash = shortHash(JSON.stringify([uid, form]));
  return readable === "" ? hash : `${readable}-${hash}`;
}

/** A name that ends like a hashed one is left to those. */
function isLegal(name: string): boolean {
  return name.length <= LONGEST && SUBDOMAIN.test(name) && !(name.length <= LONGEST_HASHED && LOOKS_HASHED.test(name));
}

/** (`a-b`, `c`) and (`a`, `b-c`) would both be `a-b-c`: neither is called so. */
function isAmbiguous(name: string, form: string, otherForms: Iterable<string>): boolean {
  for (const other of otherForms) {
    if (other !== form && name.length > other.length + 1 && name.endsWith(`-${other}`)) return true;
  }
  return false;
}
