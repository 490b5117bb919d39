import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** With less than this, V8 grows the heap by less than twice all by itself. */
const ROOMY_BYTES = 1024 ** 3;

/**
 * Lets the heap grow to twice what is needed before V8 collects garbage. Where the machine has memory to spare, V8 waits for four times as much. In a pod,
 * Node takes the limit of its memory for the machine's, and V8 is thrifty by itself.
 */
export function limitHeapGrowth(): void {
  if (getHeapStatistics().heap_size_limit > ROOMY_BYTES) setFlagsFromString("--heap-growing-percent=100");
}
