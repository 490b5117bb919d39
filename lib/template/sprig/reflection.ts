import { type Family, fixed } from "./definition";
import { deepEqual } from "./equality";
import { kindName, typeName } from "./kinds";

/**
 * Functions that ask for types. A whole number is one type here, where Go has int and int64: `typeIs` and `kindIs`
 * say yes to both names.
 */
export const reflection: Family = {
  typeOf: fixed(["any"], "string", typeName),
  typeIs: fixed(["string", "any"], "bool", (name, value) => isNamed(name, typeName(value))),
  typeIsLike: fixed(["string", "any"], "bool", (name, value) => {
    const type = typeName(value);
    return isNamed(name, type) || `*${name}` === type;
  }),
  kindOf: fixed(["any"], "string", kindName),
  kindIs: fixed(["string", "any"], "bool", (name, value) => isNamed(name, kindName(value))),
  deepEqual: fixed(["any", "any"], "bool", deepEqual),
};

function isNamed(name: string, type: string): boolean {
  return name === type || (name === "int64" && type === "int");
}
