// A bound on what hangs, not on what is slow: on a busy machine everything is.
jest.setTimeout(120_000);
