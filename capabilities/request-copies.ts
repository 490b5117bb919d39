interface Request {
  readonly object?: unknown;
  readonly oldObject?: unknown;
}

/**
 * Lets Pepr copy the objects of a request in one pass, before it works on them. Pepr 1.1.4 copies with Ramda, which looks for circles by comparing each object with
 * all earlier ones of its shape: 30,000 equal objects in a form of 90 kB held up the process for seconds, twice a request. Ramda asks an object for a `clone` of its own first.
 */
export function copyInOnePass({ object, oldObject }: Request): void {
  for (const one of [object, oldObject]) {
    if (isObject(one)) copiesItself(one);
  }
}

/** Its copies do so, too: Pepr copies what it has changed once more. */
function copiesItself(json: object): object {
  // Not enumerable: in no comparison and no JSON.
  return Object.defineProperty(json, "clone", { value: () => copiesItself(copyOf(json)) });
}

/** A copy of parsed JSON. With a stack of its own: a hostile body nests deeper than calls can. */
function copyOf(json: object): object {
  const whole = empty(json);
  const open: [from: object, to: object][] = [[json, whole]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to] = next;
    for (const [key, value] of Object.entries(from) as [string, unknown][]) {
      const copied = isObject(value) ? empty(value) : value;
      if (isObject(value) && isObject(copied)) open.push([value, copied]);
      // What is set by assignment might be the prototype.
      if (key === "__proto__") Object.defineProperty(to, key, { value: copied, enumerable: true });
      else Reflect.set(to, key, copied);
    }
  }
  return whole;
}

function empty(value: object): object {
  return Array.isArray(value) ? [] : {};
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
