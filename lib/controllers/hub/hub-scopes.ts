/** What a pass over a hub has to look at. */
export interface Scope {
  /** Everything, whatever else there is. */
  readonly all: boolean;
  /** Uids of rows that have changed, or a node of theirs has. */
  readonly rows: ReadonlySet<string>;
  /** Nodes have become ready, or failed. */
  readonly standing: boolean;
}

/** Collects what has changed since the last pass over each hub, so that a pass costs what has changed, not what there is. */
export class HubScopes {
  private readonly scopes = new Map<string, { all: boolean; rows: Set<string>; standing: boolean }>();

  lookAtAll(hub: string): void {
    this.of(hub).all = true;
  }

  lookAtRow(hub: string, uid: string): void {
    this.of(hub).rows.add(uid);
  }

  lookAtStanding(hub: string): void {
    this.of(hub).standing = true;
  }

  /** What there is by now; from here on a new one is collected. */
  take(hub: string): Scope {
    const scope = this.of(hub);
    this.scopes.delete(hub);
    return scope;
  }

  private of(hub: string) {
    const scope = this.scopes.get(hub) ?? { all: false, rows: new Set<string>(), standing: false };
    this.scopes.set(hub, scope);
    return scope;
  }
}
