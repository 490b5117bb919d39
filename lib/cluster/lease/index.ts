/** Who of several processes may work. */

export * from "./elector";
export * from "./lease-clock";
export * from "./term";
export * from "./timing";
