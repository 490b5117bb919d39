import { Log } from "pepr";

/**
 * Of Pepr's own lines, warnings and worse, unless `PEPR_LOG_LEVEL` says otherwise: at info it tells four for each admission request, the webhook's secret path
 * among them, and at debug whole objects, Secrets too. `LOG_LEVEL` is for our lines.
 */
Log.level = process.env.PEPR_LOG_LEVEL ?? "warn";
