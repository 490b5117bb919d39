/** Flags, width and precision of one formatting directive, as Go's fmt keeps them. */
export interface Directive {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`. */
  plusV: boolean;
  /** `%#v`. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

export function plainDirective(): Directive {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

/** No flags, no width: how an action prints, and print. Never changed. */
export const plain: Directive = plainDirective();
