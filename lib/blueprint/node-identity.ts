/** The LynqNode that an object belongs to. */
export interface NodeIdentity {
  readonly namespace: string;
  readonly name: string;
  /** Absent when rendered offline; then no owner reference is set. */
  readonly uid?: string;
  readonly hub: string;
  readonly form: string;
  /** The row's uid. */
  readonly recordUid: string;
}
