import { type Priority } from "../cluster";

/**
 * Lanes of the queues, most urgent first.
 *
 * - `deletion`, `child`, `change`: one node that goes, whose object was touched, or whose row or settings changed
 * - `arrival`: an object of a node that is on its way has moved on; mostly the node is ready
 * - `fresh`: a new node
 * - `bulk`: whatever comes in crowds: a new revision of a form, a start of the operator
 * - `progress`: how far a node is that takes its time
 */
export const LANE = { deletion: 0, child: 2, change: 5, arrival: 6, fresh: 7, bulk: 10, progress: 15 } as const;

/** So many keys in one urgent lane are a crowd: those that come then are bulk. */
export const CROWD = 32;

/** How urgent the requests of a run are. */
export function priorityOf(lane: number): Priority {
  if (lane <= LANE.change) return "urgent";
  return lane < LANE.bulk ? "fresh" : "bulk";
}
