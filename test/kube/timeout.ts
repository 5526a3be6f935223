// A real server on a busy machine takes its time; only what hangs shall fail.
jest.setTimeout(120_000);
