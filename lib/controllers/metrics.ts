import { version } from "../../package.json";
import { Metrics } from "../metrics";
import { LANE } from "./lanes";

/** What this process counts; Pepr's `/metrics` serves it. */
export const metrics = new Metrics({ version, lanes: LANE });
