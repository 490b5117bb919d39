import { run } from "../command";
import { SetupError } from "../errors";
import { type Log, step } from "../log";
import { findOnPath, isExecutable } from "../executable";

/** MariaDB's programs on this machine. */
export interface Installation {
  readonly server: string;
  readonly install: string;
}

/** Where distributions keep a server, which is often not on a user's PATH. */
const serverFolders = ["/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/bin"];

function find(...names: readonly string[]): string | undefined {
  for (const name of names) {
    const path = findOnPath(name) ?? serverFolders.map(folder => `${folder}/${name}`).find(isExecutable);
    if (path !== undefined) return path;
  }
  return undefined;
}

function findInstallation(): Installation | undefined {
  const server = find("mariadbd", "mysqld");
  const install = find("mariadb-install-db", "mysql_install_db");
  return server === undefined || install === undefined ? undefined : { server, install };
}

/** Whether this process may install packages. */
const isRoot = () => process.getuid?.() === 0;

/** The server without the packages that would start it as a service; older releases carry the version in the name. */
const packageSets = [
  ["mariadb-server-core", "mariadb-client-core"],
  ["mariadb-server-core-10.6", "mariadb-client-core-10.6"],
];

async function aptInstall(log: Log): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await step(log, "MariaDB, installed from the distribution's packages", async say => {
    await run("apt-get", ["update", "--quiet"], { env, onLine: say });
    for (const packages of packageSets) {
      const args = ["install", "--yes", "--quiet", "--no-install-recommends", ...packages];
      if ((await run("apt-get", args, { env, onLine: say })).code === 0) return;
    }
  });
}

/**
 * Finds MariaDB, or installs Debian's package of the bare server: nothing is started by it.
 *
 * @throws SetupError in one line when it is missing and cannot be installed.
 */
export async function ensureInstallation(log: Log): Promise<Installation> {
  const found = findInstallation();
  if (found !== undefined) return found;
  const todo = "install it (Debian and Ubuntu: sudo apt-get install mariadb-server-core mariadb-client-core)";
  if (findOnPath("apt-get") === undefined) throw new SetupError(`MariaDB is missing: ${todo}`);
  if (!isRoot()) throw new SetupError(`MariaDB is missing, and only root can install packages: ${todo}`);
  await aptInstall(log);
  const installed = findInstallation();
  if (installed === undefined) throw new SetupError(`MariaDB is missing and apt-get could not install it: ${todo}`);
  return installed;
}
