// What hangs ends at some time, and no test that works comes near it: Jest's own 5 seconds are for a machine that has nothing else to do.
// Tests that share the environment wait for a cluster: room for a few of their waits (test/environment/eventually.ts).
jest.setTimeout(process.env.LYNQ_TEST_ENVIRONMENT === undefined ? 120_000 : 600_000);
