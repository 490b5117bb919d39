// Pepr reads these when it is imported; without them there are no Watch bindings.
process.env.PEPR_MODE = "dev";
process.env.LOG_LEVEL = "silent";
