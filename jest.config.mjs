// Packages that ship only ES modules; jest runs CommonJS, so they are transformed too.
const esm = [
  '@kubernetes/client-node',
  'kubernetes-fluent-client',
  'openid-client',
  'oauth4webapi',
  'jose',
  '@marcbachmann/cel-js',
  'jsonpath-plus',
  'quicktype-core',
];

const project = (displayName, extra = {}) => ({
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '^.+\\.(t|j|mj)sx?$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  setupFilesAfterEnv: ['<rootDir>/test/support/timeout.ts'],
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
  ...extra,
});

// One real control plane for all test files of a run.
const kube = {
  globalSetup: '<rootDir>/test/kube/setup.ts',
  globalTeardown: '<rootDir>/test/kube/teardown.ts',
  setupFilesAfterEnv: ['<rootDir>/test/kube/timeout.ts'],
};

export default {
  projects: ['unit', 'contract', 'integration', 'kernel'].map((name) => project(name)).concat(project('kube', kube)),
};
