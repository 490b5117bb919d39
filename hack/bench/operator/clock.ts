/** Milliseconds since 1970 with their fractions, on the clock that the database's log uses, too. */
export const now = (): number => performance.timeOrigin + performance.now();
