/** Who of several processes may work. */

export * from "./elector";
export * from "./shard-slot";
export * from "./term";
export * from "./timing";
