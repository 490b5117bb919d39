import { runProcess } from "../cli/process";

// npm starts scripts in the project's folder; files are named from where the user is.
process.chdir(process.env["INIT_CWD"] ?? process.cwd());
void runProcess(process.argv.slice(2));
